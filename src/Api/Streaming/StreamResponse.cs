using Gateway.Abstractions.Endpoints;
using Gateway.Api.Errors;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>The caller's side of one <c>stream: true</c> request, from the wait for the upstream's headers to the last byte.</summary>
public sealed class StreamResponse : IAsyncDisposable
{
    /// <summary>200 and the event-stream headers are with the caller: errors go in-band from here on.</summary>
    public bool Committed => throw new NotImplementedException();

    /// <summary>Starts the watch over silence: a keep-alive comment every 15 s without bytes, the first of which commits 200.</summary>
    public void BeginWaiting() => throw new NotImplementedException();

    /// <summary>
    /// Reads the beginning of an upstream's 200. An error found there, or a cut before anything was seen, leaves the
    /// caller's side as it was, so that another upstream may be tried.
    /// </summary>
    public Task<StreamBeginning> ReadBeginningAsync(HttpResponseMessage upstream, TimeSpan idleTimeout, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Sends the beginning and all that follows; ends a cut stream so that every client notices.</summary>
    public Task<StreamOutcome> RelayAsync(StreamBeginning beginning, StreamRelayOptions options, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Ends the request with an error: a plain JSON answer while nothing is committed, else the in-band ending of a cut stream.</summary>
    public Task FailAsync(GatewayError error) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>What an upstream's stream began with.</summary>
public sealed class StreamBeginning
{
    /// <summary>None: relay it. Otherwise why it must not be relayed.</summary>
    public required UpstreamFailure Failure { get; init; }

    /// <summary>The error found in a 200, for the caller's answer when no other upstream is left.</summary>
    public ReadOnlyMemory<byte> ErrorBody { get; init; }
}

public sealed record StreamRelayOptions
{
    public required Operation Operation { get; init; }

    /// <summary>The gateway asked for usage, the caller did not: its chunk is taken out again.</summary>
    public required bool HideUsageChunk { get; init; }

    public required TimeSpan IdleTimeout { get; init; }
}

/// <param name="Failure">None: ended with its terminal marker.</param>
/// <param name="Bytes">Bytes sent to the caller.</param>
public readonly record struct StreamOutcome(UpstreamFailure Failure, long Bytes);
