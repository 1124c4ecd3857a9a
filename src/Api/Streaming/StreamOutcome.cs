using System.Runtime.InteropServices;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Streaming;

/// <param name="Failure">None: ended with its terminal marker.</param>
/// <param name="Bytes">Bytes sent to the caller.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StreamOutcome(UpstreamFailure Failure, long Bytes)
{
    /// <summary>The time was up while the caller did not take what was here.</summary>
    public bool CallerWasSlow { get; init; }

    /// <summary>Status that the upstream's error in the stream states; null: none, or no error.</summary>
    public int? StatedStatus { get; init; }
}
