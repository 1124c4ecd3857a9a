using Gateway.Abstractions.Manifests;

namespace Gateway.Api.Routing;

/// <summary>One entry as a target for one public model name.</summary>
public sealed class RouteCandidate
{
    public required ManifestEntry Entry { get; init; }

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
}
