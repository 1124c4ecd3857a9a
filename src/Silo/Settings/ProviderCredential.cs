using System.Collections.Immutable;

namespace Gateway.Silo.Settings;

/// <summary>The keys and secret headers of one <c>endpoint_id</c>. Its printed form shows no value.</summary>
public sealed class ProviderCredential
{
    /// <summary>Newest first; at least one unless only headers are configured.</summary>
    public required ImmutableArray<string> Keys { get; init; }

    /// <summary>From <c>METIS_API_HEADERS</c>.</summary>
    public required ImmutableDictionary<string, string> Headers { get; init; }

    /// <summary>Origins named by the setting; empty: the first one seen is pinned.</summary>
    public required ImmutableArray<string> Origins { get; init; }

    public override string ToString() => $"{Keys.Length} key(s), {Headers.Count} header(s)";
}
