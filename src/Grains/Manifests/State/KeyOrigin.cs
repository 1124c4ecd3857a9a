namespace Gateway.Grains.Manifests.State;

/// <summary>An origin that the key of an <c>endpoint_id</c> may be sent to.</summary>
[GenerateSerializer, Immutable, Alias("KeyOrigin")]
public sealed record KeyOrigin
{
    [Id(0)] public required string EndpointId { get; init; }

    [Id(1)] public required string Origin { get; init; }

    /// <summary>False: merely the first one seen, which counts only while the setting names no origins.</summary>
    [Id(2)] public required bool Approved { get; init; }
}
