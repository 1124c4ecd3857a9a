using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;

namespace Gateway.Grains.Tests.Support;

/// <summary>Sends probes to the entry's own address with one secret header.</summary>
internal sealed class FakeProbeTargets : IProbeTargets
{
    private volatile string? _key = "first-key";

    /// <summary>Null: there is none.</summary>
    public string? Key
    {
        get => _key;
        set => _key = value;
    }

    public IWebProxy? Proxy { get; set; }

    public ProbeTarget? Find(ManifestEntry entry) => Key is not { } key ? null : new ProbeTarget
    {
        Models = new Uri(entry.Url + "/models"),
        Headers = [new("Authorization", "Bearer " + key), new("x-own", "yes")],
        CarriesSecret = true,
        Proxy = Proxy,
    };
}
