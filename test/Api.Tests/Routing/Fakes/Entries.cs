using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>Entries and callers as most tests need them.</summary>
public static class Entries
{
    public static readonly Caller Anyone = Caller();

    public static ManifestEntry Live(string id, string model = "m", int weight = 1, int priority = 0) => new()
    {
        Id = id,
        Cluster = "metis",
        Framework = "api",
        Status = EntryStatus.Live,
        StatusText = "live",
        Model = id,
        Description = "entry " + id,
        Url = $"https://{id}.example/v1",
        EndpointId = "account-" + id,
        Experts = [model],
        Weight = weight,
        Priority = priority,
        LimitGroup = "account-" + id,
    };

    public static ManifestEntry With(this ManifestEntry entry, EntryStatus status) =>
        entry with { Status = status, StatusText = status.ToString().ToLowerInvariant() };

    public static EndpointOverride Override(string id, OverrideMode mode, string? notice = null) =>
        new() { EntryId = id, Mode = mode, Notice = notice, SetBy = "user:local/op", SetAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) };

    public static Caller Caller(params string[] groups) => new()
    {
        User = "user:local/alice",
        Groups = groups.ToFrozenSet(),
        Id = "alice",
        Username = "alice",
        Name = "laptop",
        AuthService = "gateway",
    };
}
