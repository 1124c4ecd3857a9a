using System.Buffers;
using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Reads the optional fields of an entry; problems are left in the reader.</summary>
internal static class EntryOptionsParser
{
    private static readonly ImmutableArray<KeyValuePair<string, Dialect>> Dialects =
        [new("openai", Dialect.OpenAI), new("anthropic", Dialect.Anthropic), new("azure", Dialect.Azure)];

    private static readonly ImmutableArray<KeyValuePair<string, UpstreamAuth>> Auths =
    [
        new("bearer", UpstreamAuth.Bearer), new("x-api-key", UpstreamAuth.XApiKey), new("api-key", UpstreamAuth.ApiKey), new("none", UpstreamAuth.None),
    ];

    private static readonly ImmutableArray<KeyValuePair<string, ProbeKind>> Probes =
        [new("off", ProbeKind.Off), new("models", ProbeKind.Models), new("tcp", ProbeKind.Tcp)];

    private static readonly SearchValues<char> RouteCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static EntryOptions Parse(FieldReader fields) => new()
    {
        Priority = fields.Whole("priority", -ManifestBounds.PriorityMagnitude, ManifestBounds.PriorityMagnitude),
        Weight = fields.Whole("weight", 1, 100),
        Dialect = fields.Choice("dialect", Dialects),
        Auth = fields.Choice("auth", Auths),
        Headers = Headers(fields),
        Query = fields.Map("query", ManifestBounds.HeaderCount, ManifestBounds.UrlLength, StringComparer.Ordinal, allowEmptyValues: true),
        Aliases = fields.Map("aliases", ManifestBounds.Experts, ManifestBounds.NameLength, StringComparer.Ordinal, allowEmptyValues: false),
        Limits = fields.Nested("limits", Limits),
        LimitGroup = fields.Text("limit_group", ManifestBounds.NameLength),
        Timeouts = fields.Nested("timeouts", Timeouts),
        AllowedGroups = fields.Names("allowed_groups", ManifestBounds.AllowedNames),
        AllowedDomains = Domains(fields),
        Prices = fields.Nested("prices", Prices),
        ContextWindow = fields.Whole("context_window", 1, ManifestBounds.MaxTokens),
        Probe = fields.Choice("probe", Probes),
        Cluster = Cluster(fields),
        Framework = RouteName(fields, "framework"),
        Notice = fields.Words("notice", ManifestBounds.TextLength),
        RetryUnary = fields.Flag("retry_unary"),
        ForwardHeaders = ForwardHeaders(fields),
        MaxOutputTokens = fields.Whole("max_output_tokens", 1, ManifestBounds.MaxTokens),
        InputExtraTokens = fields.Whole("input_extra_tokens", 0, ManifestBounds.MaxTokens),
    };

    private static ImmutableDictionary<string, string>? Headers(FieldReader fields)
    {
        var headers = fields.Map(
            "headers", ManifestBounds.HeaderCount, ManifestBounds.HeaderValueLength, StringComparer.OrdinalIgnoreCase, allowEmptyValues: true);
        foreach (var (name, value) in headers ?? [])
        {
            var refusal = HeaderRules.Refusal(name) ?? (HeaderRules.IsValue(value) ? null : $"must have a value of visible ASCII characters for {name}");
            if (refusal is not null)
            {
                fields.Refuse("headers", refusal);
                return null;
            }
        }

        return headers;
    }

    private static ImmutableArray<string>? ForwardHeaders(FieldReader fields)
    {
        var names = fields.Names("forward_headers", ManifestBounds.HeaderCount);
        foreach (var name in names ?? [])
        {
            if (HeaderRules.Refusal(name) is { } refusal)
            {
                fields.Refuse("forward_headers", refusal);
                return null;
            }
        }

        return names;
    }

    private static ImmutableArray<string>? Domains(FieldReader fields) =>
        fields.Names("allowed_domains", ManifestBounds.AllowedNames) is { } domains
            ? [.. domains.Select(domain => domain.ToLowerInvariant()).Distinct(StringComparer.Ordinal)]
            : null;

    private static string? Cluster(FieldReader fields)
    {
        var cluster = RouteName(fields, "cluster");
        if (cluster is not null && ClusterName.IsTaken(cluster))
        {
            fields.Refuse("cluster", $"must not be {ClusterName.Taken}, which is taken by a route");
        }

        return cluster;
    }

    // Both are segments of routes that callers type.
    private static string? RouteName(FieldReader fields, string name)
    {
        var text = fields.Text(name, 64);
        if (text is not null && (text[0] == '.' || text.AsSpan().ContainsAnyExcept(RouteCharacters)))
        {
            fields.Refuse(name, "may hold only letters, digits, '.', '_' and '-', and no '.' in front");
        }

        return text;
    }

    private static AccountLimits Limits(FieldReader fields) => new()
    {
        RequestsPerMinute = fields.Whole("rpm", 1, ManifestBounds.LargestLimit),
        TokensPerMinute = fields.Whole("tpm", 1, ManifestBounds.LargestLimit),
        Concurrency = fields.Whole("concurrency", 1, 1_000_000),
    };

    private static UpstreamTimeouts Timeouts(FieldReader fields)
    {
        var defaults = new UpstreamTimeouts();
        return new UpstreamTimeouts
        {
            Connect = fields.Seconds("connect") ?? defaults.Connect,
            FirstByte = fields.Seconds("first_byte") ?? defaults.FirstByte,
            Idle = fields.Seconds("idle") ?? defaults.Idle,
            Total = fields.Seconds("total"),
        };
    }

    // Prices of an entry win as a whole: without one of them in it, they would make every call free.
    private static TokenPrices? Prices(FieldReader fields)
    {
        var prices = new TokenPrices
        {
            Input = Price("input"),
            Output = Price("output"),
            CachedInput = Price("cached_input"),
            CacheWrite = Price("cache_write"),
            Reasoning = Price("reasoning"),
        };
        return prices == new TokenPrices() ? null : prices;

        decimal? Price(string kind) => fields.Number(kind, 0, ManifestBounds.LargestPrice);
    }
}
