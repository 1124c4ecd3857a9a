namespace Gateway.Api.Http.Encodings;

/// <summary>Ends after <paramref name="maxBytes"/> and remembers that there was more.</summary>
internal sealed class BoundedStream(Stream inner, int maxBytes) : Stream
{
    private long _left = maxBytes;

    public bool Exceeded { get; private set; }

    /// <summary>A read of what is inside has failed, or was cancelled.</summary>
    public bool Failed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Exceeded || buffer.IsEmpty)
        {
            return 0;
        }

        // One byte more than is left, which tells the end from the bound.
        Failed = true;
        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left + 1)], cancellationToken);
        Failed = false;
        Exceeded = read > _left;
        _left -= read;
        return Exceeded ? 0 : read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
