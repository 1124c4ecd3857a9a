using System.Collections.Immutable;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Lays an overlay over an entry: a field that it states replaces the manifest's as a whole; access can only narrow.</summary>
internal static class OverlayMerge
{
    public static EntryOptions Apply(EntryOptions manifest, EntryOptions? overlay, string defaultIssuer)
    {
        var over = overlay ?? new EntryOptions();
        return new EntryOptions
        {
            Priority = over.Priority ?? manifest.Priority,
            Weight = over.Weight ?? manifest.Weight,
            Dialect = over.Dialect ?? manifest.Dialect,
            Auth = over.Auth ?? manifest.Auth,
            Headers = over.Headers ?? manifest.Headers,
            Query = over.Query ?? manifest.Query,
            Aliases = over.Aliases ?? manifest.Aliases,
            Limits = over.Limits ?? manifest.Limits,
            LimitGroup = over.LimitGroup ?? manifest.LimitGroup,
            Timeouts = over.Timeouts ?? manifest.Timeouts,
            AllowedGroups = Narrow(Qualified(manifest.AllowedGroups, defaultIssuer), Qualified(over.AllowedGroups, defaultIssuer)),
            AllowedDomains = Narrow(manifest.AllowedDomains, over.AllowedDomains),
            Prices = over.Prices ?? manifest.Prices,
            ContextWindow = over.ContextWindow ?? manifest.ContextWindow,
            Probe = over.Probe ?? manifest.Probe,
            Cluster = over.Cluster ?? manifest.Cluster,
            Framework = over.Framework ?? manifest.Framework,
            Notice = over.Notice ?? manifest.Notice,
            RetryUnary = over.RetryUnary ?? manifest.RetryUnary,
            ForwardHeaders = over.ForwardHeaders ?? manifest.ForwardHeaders,
            MaxOutputTokens = over.MaxOutputTokens ?? manifest.MaxOutputTokens,
            InputExtraTokens = over.InputExtraTokens ?? manifest.InputExtraTokens,
        };
    }

    // Null means everybody, so it is the widest side of an intersection.
    private static ImmutableArray<string>? Narrow(ImmutableArray<string>? manifest, ImmutableArray<string>? overlay)
    {
        if (manifest is not { } wide)
        {
            return overlay;
        }

        return overlay is { } narrow ? [.. wide.Where(narrow.Contains)] : wide;
    }

    private static ImmutableArray<string>? Qualified(ImmutableArray<string>? groups, string defaultIssuer) =>
        groups is { } names ? [.. names.Select(name => GroupNames.Qualify(name, defaultIssuer)).Distinct(StringComparer.Ordinal)] : null;
}
