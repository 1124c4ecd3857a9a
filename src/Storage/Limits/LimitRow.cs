namespace Gateway.Storage.Limits;

/// <summary>A row of <c>limits</c>, to and from a record.</summary>
internal sealed class LimitRow
{
    public const string Columns =
        """
        subject AS Subject, body AS Body, effective_from AS EffectiveFrom, effective_to AS EffectiveTo, issuer AS Issuer,
        changed_at AS ChangedAt, changed_by AS ChangedBy, version AS Version
        """;

    public string Subject { get; init; } = "";

    public string? Body { get; init; }

    public long? EffectiveFrom { get; init; }

    public long? EffectiveTo { get; init; }

    public string Issuer { get; init; } = "";

    public long ChangedAt { get; init; }

    public string ChangedBy { get; init; } = "";

    public long Version { get; init; }

    public static LimitRow From(LimitRecord record) => new()
    {
        Subject = record.Subject,
        Body = record.Body,
        EffectiveFrom = record.EffectiveFrom?.ToUnixTimeMilliseconds(),
        EffectiveTo = record.EffectiveTo?.ToUnixTimeMilliseconds(),
        Issuer = record.Issuer,
        ChangedAt = record.ChangedAt.ToUnixTimeMilliseconds(),
        ChangedBy = record.ChangedBy,
        Version = record.Version,
    };

    public LimitRecord ToRecord() => new()
    {
        Subject = Subject,
        Body = Body,
        EffectiveFrom = Time(EffectiveFrom),
        EffectiveTo = Time(EffectiveTo),
        Issuer = Issuer,
        ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(ChangedAt),
        ChangedBy = ChangedBy,
        Version = Version,
    };

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
