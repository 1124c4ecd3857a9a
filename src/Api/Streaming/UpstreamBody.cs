using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gateway.Api.Streaming;

/// <summary>Reads an upstream's body in pieces and holds no buffer while it waits long for one.</summary>
/// <remarks>
/// 1. A read without a buffer completes when there is something to read, so that thousands of slow streams cost no buffers.
///    It also costs system calls, so that a stream whose last two pieces came within <see cref="Briefly"/> reads at once.
/// 2. The transport hands out little more than <see cref="LargePieceBytes"/> at a time: behind a piece of that size, and of a fast stream
///    always, another read is begun into the rest of the buffer. What it finds at once makes one piece with the first; else it is what
///    the next call waits for.
/// </remarks>
public sealed class UpstreamBody(Stream stream, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(20);

    private const int SmallestBufferBytes = 16 * 1024;
    // One alone would make every slow stream hold a buffer between its first two pieces.
    private const int ReadsToBeFast = 2;
    private const int LargestBufferBytes = 64 * 1024;
    private const int LargePieceBytes = 3 * 1024;

    private byte[]? _buffer;
    private int _wantedBytes = SmallestBufferBytes;
    private int _briefReads;
    private ValueTask<int> _ahead;
    private bool _isReadingAhead;
    private int _filled;
    private bool _ended;

    /// <summary>The next bytes, valid until the next call; empty at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return default;
        }

        var since = time.GetTimestamp();
        int start = 0, read;
        if (_isReadingAhead)
        {
            start = _filled;
            _isReadingAhead = false;
            read = await _ahead;
        }
        else
        {
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

            read = await stream.ReadAsync(_buffer ??= ArrayPool<byte>.Shared.Rent(_wantedBytes), cancellationToken);
        }

        _briefReads = time.GetElapsedTime(since) < Briefly ? _briefReads + 1 : 0;
        var buffer = _buffer!;
        _filled = start + read;
        _ended = read == 0;
        while (!_ended && (_briefReads >= ReadsToBeFast || read >= LargePieceBytes) && _filled < buffer.Length)
        {
            var more = stream.ReadAsync(buffer.AsMemory(_filled), cancellationToken);
            if (!more.IsCompletedSuccessfully)
            {
                (_ahead, _isReadingAhead) = (more, true);
                break;
            }

            read = await more;
            _filled += read;
            _ended = read == 0;
        }

        _wantedBytes = _filled == buffer.Length ? Math.Min(LargestBufferBytes, buffer.Length * 4) : _wantedBytes;
        return buffer.AsMemory(start, _filled - start);
    }

    public void Dispose()
    {
        if (_isReadingAhead)
        {
            // It may still write into the buffer, which therefore goes to nobody else.
            _buffer = null;
            _ = _ahead.AsTask().ContinueWith(static read => read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        ReturnBuffer();
    }

    private void ReturnBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
