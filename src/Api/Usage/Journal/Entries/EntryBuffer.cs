using System.Text;

namespace Gateway.Api.Usage.Journal.Entries;

/// <summary>Builds a frame. A field is its number and kind (<c>number × 2</c>, plus 1 for bytes), then a varint: the value, or the length of the bytes that follow. One buffer per thread, used again and again.</summary>
internal sealed class EntryBuffer
{
    private const int NestedLengthBytes = 3;
    private const int KeptBytes = 64 << 10;

    // More than the longest subject: one user's part of a group's limits, each with alias and id, every character of the group's escaped.
    private const int MaxNameLength = 2048;

    [ThreadStatic]
    private static EntryBuffer? _ofThread;

    private byte[] _bytes = new byte[2048];
    private int _length = Frame.HeaderLength;

    /// <summary>The thread's own, empty.</summary>
    public static EntryBuffer Start()
    {
        var buffer = _ofThread ??= new EntryBuffer();
        if (buffer._bytes.Length > KeptBytes)
        {
            buffer._bytes = new byte[2048];
        }

        buffer._length = Frame.HeaderLength;
        return buffer;
    }

    public Span<byte> Finish(EntryKind kind)
    {
        var frame = _bytes.AsSpan(0, _length);
        Frame.Prepare(frame, kind);
        return frame;
    }

    /// <summary>0 is not written: it is what a reader takes an absent number for.</summary>
    public void Number(int field, long value)
    {
        if (value != 0)
        {
            Reserve(11);
            _bytes[_length++] = (byte)(field << 1);
            Varint((ulong)value);
        }
    }

    public void Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public void Id(int field, Guid value)
    {
        Reserve(18);
        _bytes[_length++] = (byte)((field << 1) | 1);
        _bytes[_length++] = 16;
        value.TryWriteBytes(_bytes.AsSpan(_length), bigEndian: true, out _);
        _length += 16;
    }

    /// <summary>Cut at <see cref="UsageJournal.MaxTextLength"/> characters. Databases store no NUL, so none is written.</summary>
    public void Text(int field, string? value) => Text(field, value, UsageJournal.MaxTextLength);

    /// <summary>As it is: what usage and limits are found by.</summary>
    public void Name(int field, string? value) => Text(field, value, MaxNameLength);

    /// <returns>To be given to <see cref="End"/>.</returns>
    public int Begin(int field)
    {
        Reserve(1 + NestedLengthBytes);
        _bytes[_length++] = (byte)((field << 1) | 1);
        _length += NestedLengthBytes;
        return _length;
    }

    public void End(int begin)
    {
        var length = _length - begin;
        _bytes[begin - 3] = (byte)(length | 0x80);
        _bytes[begin - 2] = (byte)((length >> 7) | 0x80);
        _bytes[begin - 1] = (byte)((length >> 14) & 0x7F);
    }

    private void Text(int field, string? value, int maxLength)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        var text = value.AsSpan(0, Math.Min(value.Length, maxLength));
        Reserve((text.Length * 3) + 4);
        _bytes[_length] = (byte)((field << 1) | 1);

        // The length needs one byte or two, which is known once the text is written.
        var at = _length + 2;
        var written = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(at));
        if (written >= 0x80)
        {
            _bytes.AsSpan(at, written).CopyTo(_bytes.AsSpan(at + 1));
            at++;
        }

        _length++;
        Varint((ulong)written);
        _bytes.AsSpan(at, written).Replace((byte)0, (byte)' ');
        _length = at + written;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes[_length++] = (byte)(value | 0x80);
        }

        _bytes[_length++] = (byte)value;
    }

    private void Reserve(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }
    }
}
