using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Makes the entry that nodes get: draft, overlay and defaults in one.</summary>
internal static class EntryAssembler
{
    private const string DefaultFramework = "api";

    public static ManifestEntry Assemble(DraftEntry draft, EntryOptions? overlay, string sourceName, string defaultIssuer)
    {
        var options = OverlayMerge.Apply(draft.Options, overlay, defaultIssuer);
        var url = new Uri(draft.Url);
        var dialect = options.Dialect ?? DialectDefaults.Guess(url);
        var aliases = options.Aliases ?? ImmutableDictionary<string, string>.Empty;
        return new ManifestEntry
        {
            Id = draft.Id,
            Cluster = options.Cluster ?? sourceName,
            Framework = options.Framework ?? DefaultFramework,
            Status = draft.Status,
            StatusText = draft.StatusText,
            Model = draft.Model,
            Description = draft.Description,
            Url = draft.Url,
            EndpointId = draft.EndpointId,
            Experts = WithPublicNames(draft.Experts, aliases),
            Aliases = aliases,
            Priority = options.Priority ?? 0,
            Weight = options.Weight ?? 1,
            Dialect = dialect,
            Auth = options.Auth ?? DialectDefaults.Auth(dialect),
            Headers = options.Headers ?? ImmutableDictionary<string, string>.Empty,
            Query = DialectDefaults.Query(dialect, url, options.Query ?? ImmutableDictionary<string, string>.Empty),
            LimitGroup = options.LimitGroup ?? draft.EndpointId,
            Limits = options.Limits,
            Timeouts = options.Timeouts ?? new UpstreamTimeouts(),
            AllowedGroups = options.AllowedGroups,
            AllowedDomains = options.AllowedDomains,
            Prices = options.Prices,
            ContextWindow = options.ContextWindow,
            Probe = options.Probe ?? ProbeKind.Off,
            Notice = options.Notice,
            RetryUnary = options.RetryUnary ?? false,
            ForwardHeaders = options.ForwardHeaders ?? [],
            MaxOutputTokens = options.MaxOutputTokens,
            InputExtraTokens = options.InputExtraTokens,
        };
    }

    private static ImmutableArray<string> WithPublicNames(ImmutableArray<string> experts, ImmutableDictionary<string, string> aliases) =>
        aliases.IsEmpty ? experts : [.. experts.Concat(aliases.Keys.Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)];
}
