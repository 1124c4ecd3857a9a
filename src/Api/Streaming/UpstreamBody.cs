using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gateway.Api.Streaming;

/// <summary>Reads an upstream's body in pieces and holds no buffer while it waits for one.</summary>
public sealed class UpstreamBody(Stream stream) : IDisposable
{
    private const int SmallestBufferBytes = 4 * 1024;
    private const int LargestBufferBytes = 64 * 1024;

    private byte[]? _buffer;
    private int _wantedBytes = SmallestBufferBytes;

    /// <summary>The next bytes, valid until the next call; empty at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        // A read without a buffer completes when there is something to read: thousands of silent streams cost no buffers.
        var ready = stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
        if (!ready.IsCompleted || _buffer?.Length < _wantedBytes)
        {
            ReturnBuffer();
        }

        await ready;
        var buffer = _buffer ??= ArrayPool<byte>.Shared.Rent(_wantedBytes);
        var read = await stream.ReadAsync(buffer, cancellationToken);
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
