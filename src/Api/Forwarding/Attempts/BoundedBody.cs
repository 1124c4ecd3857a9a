using System.Buffers;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>Reads the beginning of an upstream's body.</summary>
internal static class BoundedBody
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>For an error that is the caller's to read: some repeat the request that they reject.</summary>
    public const int MaxRejectionBytes = 1024 * 1024;

    private const int InitialUnknown = 8 * 1024;

    /// <summary>
    /// Reads until the end, the stated length or the buffer's limit. The buffer grows with what arrives and belongs to
    /// the caller of this method, also when a read throws.
    /// </summary>
    public static async ValueTask FillAsync(BeginningBuffer beginning, Stream stream, long? contentLength, ReadPatience patience)
    {
        beginning.Rent((int)Math.Min(contentLength ?? InitialUnknown, MaxBytes));
        while (beginning.Length < contentLength || contentLength is null)
        {
            if (beginning.Length == beginning.Limit)
            {
                return;
            }

            var read = await patience.ReadAsync(stream, beginning.Free);
            if (read == 0)
            {
                break;
            }

            beginning.Advance(read);
        }

        beginning.IsComplete = true;
    }
}

/// <summary>The beginning of a body in pooled memory.</summary>
internal sealed class BeginningBuffer(int limit = BoundedBody.MaxBytes) : IDisposable
{
    private byte[] _buffer = [];

    /// <summary>Most bytes that it takes.</summary>
    public int Limit => limit;

    public int Length { get; private set; }

    /// <summary>The whole body is here.</summary>
    public bool IsComplete { get; set; }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>Room for the next read; never beyond <see cref="Limit"/> in all.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (Length == _buffer.Length)
            {
                Grow();
            }

            return _buffer.AsMemory(Length, Math.Min(_buffer.Length, limit) - Length);
        }
    }

    /// <summary>The whole of the memory, for reuse once <see cref="Bytes"/> is not needed any more.</summary>
    public Memory<byte> Whole => _buffer;

    public void Rent(int length) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));

    public void Advance(int count) => Length += count;

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(limit, Math.Max(BoundedBody.MaxBytes, 2 * Length)));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
