using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;

namespace Gateway.Api.Management.Endpoints;

/// <summary>Puts together what the manifest, an operator, the owner and this node say of one entry.</summary>
/// <param name="Owner">Null: the owner did not answer; then the node's own knowledge is shown.</param>
public sealed record EndpointView(ManifestEntry Entry, RoutingSnapshot Snapshot, EndpointDescription? Owner, DateTimeOffset AsOf)
{
    private EndpointState Local => Snapshot.Endpoints[Entry.Id];

    private EndpointVerdict? Verdict => Owner?.Verdict ?? Local.Health.Verdict;

    private TimeSpan? FirstByte => Owner?.FirstByteEwma ?? Local.Estimate;

    public EndpointJson Row() => new()
    {
        Id = Entry.Id,
        Cluster = Entry.Cluster,
        Framework = Entry.Framework,
        Status = Entry.StatusText,
        Serves = Snapshot.IsLive(Entry),
        Circuit = Verdict?.Circuit ?? CircuitState.Closed,
        InFlight = Math.Max(Owner?.InFlight ?? 0, Local.InFlight),
        Models = Entry.Experts,
        Priority = Entry.Priority,
        Weight = Entry.Weight,
        EndpointId = Entry.EndpointId,
        Origin = new Uri(Entry.Url).GetLeftPart(UriPartial.Authority),
        OpenUntil = Verdict?.OpenUntil?.UtcDateTime,
        CoolingUntil = Verdict?.CoolingUntil?.UtcDateTime,
        CoolingCause = Verdict?.CoolingUntil is null ? null : Verdict.CoolingCause,
        Ejected = Verdict?.Ejected ?? false,
        TimeToFirstByteMs = FirstByte?.TotalMilliseconds,
        Override = OverrideJson.Of(Snapshot.Overrides.GetValueOrDefault(Entry.Id)),
        Silo = Owner?.Silo,
        ActivatedAt = Owner?.ActivatedAt.UtcDateTime,
        StateVersion = Owner?.Verdict.Version,
        AsOf = AsOf.UtcDateTime,
    };

    public EndpointDetailJson Detail() =>
        new(Row())
        {
            Model = Entry.Model,
            Description = Entry.Description,
            Notice = Entry.Notice,
            Dialect = Entry.Dialect.ToString().ToLowerInvariant(),
            Auth = AuthWord(Entry.Auth),
            Path = new Uri(Entry.Url).AbsolutePath,
            HeaderNames = [.. Entry.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase)],
            QueryNames = [.. Entry.Query.Keys.Order(StringComparer.Ordinal)],
            LimitGroup = Entry.LimitGroup,
            AllowedGroups = Entry.AllowedGroups,
            AllowedDomains = Entry.AllowedDomains,
            Prices = Entry.Prices,
            ContextWindow = Entry.ContextWindow,
            MaxOutputTokens = Entry.MaxOutputTokens,
            Timeouts = TimeoutsJson.Of(Entry.Timeouts),
            Requests = Owner?.Requests,
            Failures = Owner?.Failures,
            ConsecutiveFailures = Owner?.ConsecutiveFailures,
            FailuresByCause = Owner?.FailuresByCause,
            LastFailure = Verdict?.LastFailure,
            KeyFingerprint = Verdict?.KeyFingerprint ?? Local.LastKeyFingerprint,
            NextEjectionTrial = Verdict?.NextEjectionTrial?.UtcDateTime,
            Probe = Entry.Probe,
            LastProbe = ProbeJson.Of(Owner?.LastProbe),
            Unavailable = Owner is null ? [Entry.Id] : [],
        };

    /// <summary>As the manifest spells it.</summary>
    private static string AuthWord(UpstreamAuth auth) => auth switch
    {
        UpstreamAuth.Bearer => "bearer",
        UpstreamAuth.XApiKey => "x-api-key",
        UpstreamAuth.ApiKey => "api-key",
        _ => "none",
    };
}
