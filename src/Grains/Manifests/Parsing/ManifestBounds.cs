namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Upper bounds of everything that a manifest or an overlay may hold.</summary>
internal static class ManifestBounds
{
    public const int DocumentBytes = 8 * 1024 * 1024;
    public const int Entries = 5_000;
    public const int Experts = 1_000;
    public const int NameLength = 256;
    public const int TextLength = 2_000;
    public const int UrlLength = 2_048;
    public const int HeaderCount = 32;
    public const int HeaderValueLength = 4_096;
    public const int AllowedNames = 1_000;
    public const int MaxTokens = 100_000_000;
    public const int PriorityMagnitude = 1_000;
    public const int LongestTimeoutSeconds = 86_400;
    public const long LargestLimit = 1_000_000_000_000;
    public const decimal LargestPrice = 1_000_000m;
}
