using System.Collections.Immutable;
using System.Text.Json;

namespace Gateway.Storage.Keys;

/// <summary>A row of <c>api_keys</c>, to and from a record.</summary>
internal sealed class ApiKeyRow
{
    public const string Columns =
        """
        id AS Id, hash AS Hash, hint AS Hint, name AS Name, owner AS Owner, groups AS Groups, project AS Project, role AS Role, models AS Models,
        created_at AS CreatedAt, created_by AS CreatedBy, expires_at AS ExpiresAt, revoked_at AS RevokedAt, version AS Version, seal AS Seal,
        routes AS Routes, previous_hash AS PreviousHash, previous_until AS PreviousUntil, parent AS Parent, on_behalf_of AS OnBehalfOf,
        maker_groups AS MakerGroups, maker_domains AS MakerDomains,
        (SELECT last_used_at FROM key_uses WHERE key_id = id) AS LastUsedAt
        """;

    public string Id { get; init; } = "";

    public byte[] Hash { get; init; } = [];

    public string Hint { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Owner { get; init; }

    public string Groups { get; init; } = "[]";

    public string? Project { get; init; }

    public string? Role { get; init; }

    public string Models { get; init; } = "[]";

    public long CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    public long? ExpiresAt { get; init; }

    public long? RevokedAt { get; init; }

    public long Version { get; init; }

    public byte[] Seal { get; init; } = [];

    public string Routes { get; init; } = "[]";

    public byte[]? PreviousHash { get; init; }

    public long? PreviousUntil { get; init; }

    public string? Parent { get; init; }

    public long OnBehalfOf { get; init; }

    public string MakerGroups { get; init; } = "[]";

    public string MakerDomains { get; init; } = "[]";

    public long? LastUsedAt { get; init; }

    public static ApiKeyRow From(ApiKeyRecord record, ApiKeySeal seal) => new()
    {
        Id = record.Id,
        Hash = record.Hash.ToArray(),
        Hint = record.Hint,
        Name = record.Name,
        Owner = record.Owner,
        Groups = JsonSerializer.Serialize(record.Groups.AsEnumerable()),
        Project = record.Project,
        Role = record.Role,
        Models = JsonSerializer.Serialize(record.Models.AsEnumerable()),
        CreatedAt = record.CreatedAt.ToUnixTimeMilliseconds(),
        CreatedBy = record.CreatedBy,
        ExpiresAt = record.ExpiresAt?.ToUnixTimeMilliseconds(),
        RevokedAt = record.RevokedAt?.ToUnixTimeMilliseconds(),
        Version = record.Version,
        Seal = seal.Compute(record),
        Routes = JsonSerializer.Serialize(record.Routes.AsEnumerable()),
        PreviousHash = record.PreviousHash?.ToArray(),
        PreviousUntil = record.PreviousUntil?.ToUnixTimeMilliseconds(),
        Parent = record.Parent,
        OnBehalfOf = record.OnBehalfOf ? 1 : 0,
        MakerGroups = JsonSerializer.Serialize(record.MakerGroups.AsEnumerable()),
        MakerDomains = JsonSerializer.Serialize(record.MakerDomains.AsEnumerable()),
    };

    /// <summary>A row that cannot even be read counts as forged; its readable part is kept so that people can find it.</summary>
    public StoredApiKey ToStored(ApiKeySeal seal)
    {
        var readable = Hash.Length == KeyHash.Size && (PreviousHash is null || PreviousHash.Length == KeyHash.Size);
        var record = new ApiKeyRecord
        {
            Id = Id,
            Hash = Hash.Length == KeyHash.Size ? new KeyHash(Hash) : default,
            Hint = Hint,
            Name = Name,
            Owner = Owner,
            Groups = Names(Groups, ref readable),
            Project = Project,
            Role = Role,
            Models = Names(Models, ref readable),
            CreatedAt = Time(CreatedAt, ref readable),
            CreatedBy = CreatedBy,
            ExpiresAt = ExpiresAt is { } expires ? Time(expires, ref readable) : null,
            RevokedAt = RevokedAt is { } revoked ? Time(revoked, ref readable) : null,
            Version = Version,
            Routes = Names(Routes, ref readable),
            PreviousHash = PreviousHash is { Length: KeyHash.Size } previous ? new KeyHash(previous) : null,
            PreviousUntil = PreviousUntil is { } until ? Time(until, ref readable) : null,
            Parent = Parent,
            OnBehalfOf = OnBehalfOf != 0,
            MakerGroups = Names(MakerGroups, ref readable),
            MakerDomains = Names(MakerDomains, ref readable),
        };
        return new StoredApiKey(record, readable && seal.Matches(record, Seal)) { LastUsedAt = LastUsed() };
    }

    private DateTimeOffset? LastUsed()
    {
        var readable = true;
        var time = LastUsedAt is { } used ? Time(used, ref readable) : (DateTimeOffset?)null;
        return readable ? time : null;
    }

    private static ImmutableArray<string> Names(string json, ref bool readable)
    {
        try
        {
            var names = JsonSerializer.Deserialize<ImmutableArray<string?>>(json);
            if (!names.IsDefault && names.All(name => name is not null))
            {
                return names!;
            }
        }
        catch (JsonException)
        {
            // Falls through: the row is not ours.
        }

        readable = false;
        return [];
    }

    private static DateTimeOffset Time(long milliseconds, ref bool readable)
    {
        if (milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }

        readable = false;
        return default;
    }
}
