using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gateway.Api.Streaming;

/// <summary>Reads an upstream's body in pieces and holds no buffer while it waits long for one.</summary>
/// <remarks>
/// A read without a buffer completes when there is something to read, so that thousands of slow streams cost no buffers.
/// It also costs system calls, so that a stream whose last two pieces came within <see cref="Briefly"/> reads at once.
/// </remarks>
public sealed class UpstreamBody(Stream stream, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(20);

    private const int SmallestBufferBytes = 16 * 1024;
    // One alone would make every slow stream hold a buffer between its first two pieces.
    private const int ReadsToBeFast = 2;
    private const int LargestBufferBytes = 64 * 1024;

    private byte[]? _buffer;
    private int _wantedBytes = SmallestBufferBytes;
    private int _briefReads;

    /// <summary>The next bytes, valid until the next call; empty at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        if (_buffer?.Length < _wantedBytes)
        {
            ReturnBuffer();
        }

        if (_briefReads < ReadsToBeFast)
        {
            var ready = stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (!ready.IsCompleted)
            {
                ReturnBuffer();
            }

            await ready;
        }

        var buffer = _buffer ??= ArrayPool<byte>.Shared.Rent(_wantedBytes);
        var read = await stream.ReadAsync(buffer, cancellationToken);
        _briefReads = time.GetElapsedTime(since) < Briefly ? _briefReads + 1 : 0;
        _wantedBytes = read == buffer.Length ? Math.Min(LargestBufferBytes, buffer.Length * 4) : _wantedBytes;
        return buffer.AsMemory(0, read);
    }

    public void Dispose() => ReturnBuffer();

    private void ReturnBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
