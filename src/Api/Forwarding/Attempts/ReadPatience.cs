using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Upstream;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>How long each read of an answer may wait, and all of them together.</summary>
internal sealed class ReadPatience(AttemptDeadline deadline, TimeSpan idle, TimeSpan total, long startedAt, TimeProvider time)
{
    /// <summary>What a deadline that was reached during a read, or since the last one, stood for.</summary>
    public UpstreamFailure Waiting { get; private set; } = UpstreamFailure.TotalTimeout;

    private TimeSpan Remaining => total - time.GetElapsedTime(startedAt);

    public ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer)
    {
        // Bytes that are there already need no clock: most answers come whole.
        var read = stream.ReadAsync(buffer, deadline.Token);
        return read.IsCompleted ? read : WaitAsync(read);
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> read)
    {
        var remaining = Remaining;
        Waiting = idle < remaining ? UpstreamFailure.IdleTimeout : UpstreamFailure.TotalTimeout;
        deadline.Extend(idle < remaining ? idle : remaining);
        var count = await read;
        Waiting = UpstreamFailure.TotalTimeout;
        deadline.Extend(Remaining);
        return count;
    }
}
