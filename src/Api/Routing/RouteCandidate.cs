using System.Text.Json;
using Gateway.Abstractions.Manifests;

namespace Gateway.Api.Routing;

/// <summary>One entry as a target for one public model name.</summary>
public sealed class RouteCandidate
{
    public required ManifestEntry Entry { get; init; }

    /// <summary>The public name under which the entry serves: what is allowed and paid for. Of a fallback chain another one than the caller's word.</summary>
    public required string Model { get; init; }

    /// <summary>Place of the model in the chain of fallbacks; 0 where there is none.</summary>
    public int Hop { get; init; }

    public required EndpointState Endpoint { get; init; }

    /// <summary>Where and with which headers requests go.</summary>
    public required UpstreamTarget Target { get; init; }

    /// <summary>The same entry with the next older key of its account; used while the provider refuses this one.</summary>
    public RouteCandidate? NextKey { get; init; }

    /// <summary>JSON text (quotes included) of the name to send upstream; null: the caller's word is right as it is.</summary>
    public byte[]? UpstreamModelJson { get; init; }

    /// <summary>Live and neither drained nor in maintenance.</summary>
    public required bool Serves { get; init; }

    /// <summary>Why it does not serve, for the caller.</summary>
    public string? Notice { get; init; }

    /// <summary>The same as part of a chain of another name: the upstream is sent the model's own.</summary>
    public RouteCandidate InChain(string name, int hop) => new()
    {
        Entry = Entry,
        Model = Model,
        Hop = hop,
        Endpoint = Endpoint,
        Target = Target,
        NextKey = NextKey?.InChain(name, hop),
        UpstreamModelJson = UpstreamModelJson ?? (Model == name ? null : JsonSerializer.SerializeToUtf8Bytes(Model)),
        Serves = Serves,
        Notice = Notice,
    };

    /// <summary>Whether both are equally preferred.</summary>
    public bool IsLevelWith(RouteCandidate other) => Hop == other.Hop && Entry.Priority == other.Entry.Priority;
}
