using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Streaming;

/// <summary>What an upstream's stream began with.</summary>
public sealed class StreamBeginning
{
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>None: relay it. Otherwise why it must not be relayed.</summary>
    public required UpstreamFailure Failure { get; init; }

    /// <summary>The error found in a 200 as the upstream wrote it, for the caller's answer when no other upstream is left.</summary>
    public ReadOnlyMemory<byte> ErrorBody { get; init; }

    /// <summary>A good answer that came as a document after the caller had been promised events, as far as it was read; the provider may charge for it.</summary>
    public ReadOnlyMemory<byte>? UnwantedAnswer { get; init; }

    /// <summary>Set unless <see cref="Failure"/> is.</summary>
    internal UpstreamStream? Upstream { get; init; }

    /// <summary>False: a body that is no event stream, which is passed on as it is.</summary>
    internal bool IsEventStream { get; init; }

    /// <summary>Up to the end of the first event that has data; all of <see cref="Bytes"/> where there is none.</summary>
    internal int FirstEventLength { get; init; }

    /// <summary>Valid until the upstream is read on.</summary>
    internal ReadOnlyMemory<byte> Bytes
    {
        init => _bytes = value;
    }

    /// <summary>Hands out what was read and lets go of it: the forwarding code may hold this object as long as the stream lasts.</summary>
    internal ReadOnlyMemory<byte> TakeBytes()
    {
        var bytes = _bytes;
        _bytes = default;
        return bytes;
    }
}
