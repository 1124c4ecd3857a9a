namespace Gateway.Grains.Manifests;

/// <summary>The stable words of <c>rejected[].reason</c>. A field of the wrong type or out of bounds is <c>bad_</c> and its name.</summary>
public static class RejectionReasons
{
    public const string BadId = "bad_id";
    public const string BadText = "bad_text";
    public const string DuplicateId = "duplicate_id";
    public const string DuplicateField = "duplicate_field";
    public const string NotAnObject = "not_an_object";
    public const string NoKey = "no_key";
    public const string OriginChanged = "origin_changed";
    public const string InsecureUrl = "insecure_url";
    public const string AddressRefused = "address_refused";
    public const string OverlayUnavailable = "overlay_unavailable";

    public static string Missing(string field) => "missing_" + field;

    public static string Bad(string field) => "bad_" + field;
}
