using Orleans.Concurrency;

namespace Gateway.Abstractions.Endpoints;

/// <summary>Owns the health of one manifest entry. Key: the manifest key.</summary>
[Alias("IEndpointGrain")]
public interface IEndpointGrain : IGrainWithStringKey
{
    /// <summary>Merges outcomes and answers with the verdict that follows from them.</summary>
    [Alias("Report")]
    Task<EndpointVerdict> Report(EndpointReport report);

    /// <summary>Asks to be the one request that tries an open or ejected entry. Null: not due, or another has it.</summary>
    [Alias("TryBeginProbe")]
    Task<ProbePermit?> TryBeginProbe(string nodeId, string requestId);

    /// <summary>Closes the circuit, ends cooling and ejection: the entry leads to another upstream now.</summary>
    [Alias("Reset")]
    Task<EndpointVerdict> Reset();

    /// <summary>Lets a refused key be used again, on an operator's word; circuit and cooling stay as they are.</summary>
    [Alias("EndEjection")]
    Task<EndpointVerdict> EndEjection();

    /// <summary>Tells whether and how the entry is probed. Said again while it holds, and at once when it changes.</summary>
    [Alias("SetProbe")]
    Task SetProbe(ProbeOrder order);

    [AlwaysInterleave, Alias("Describe")]
    Task<EndpointDescription> Describe();
}
