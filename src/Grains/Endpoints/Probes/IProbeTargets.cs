using System.Net;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Endpoints.Probes;

/// <summary>Knows what an active probe of an entry sends, and where to: what a request would, with the settings of this moment.</summary>
public interface IProbeTargets
{
    /// <summary>Null: the entry needs a key and there is none, so nothing may be sent.</summary>
    ProbeTarget? Find(ManifestEntry entry);
}

/// <summary>Where an active probe goes. Its printed form shows no value.</summary>
public sealed class ProbeTarget
{
    /// <summary>The entry's URL with <c>/models</c> and its query.</summary>
    public required Uri Models { get; init; }

    /// <summary>The entry's own headers, the secret ones of the settings, its key.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>Something in <see cref="Headers"/> is secret.</summary>
    public required bool CarriesSecret { get; init; }

    /// <summary>Null: the entry is dialled directly.</summary>
    public IWebProxy? Proxy { get; init; }

    public override string ToString() => $"{Models.Host}, {Headers.Count} header(s)";
}
