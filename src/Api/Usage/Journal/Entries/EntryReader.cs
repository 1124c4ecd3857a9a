using System.Text;

namespace Gateway.Api.Usage.Journal.Entries;

/// <summary>Walks over the fields of an entry. What is malformed ends the walk; unknown fields are the caller's to skip.</summary>
internal ref struct EntryReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;
    private ReadOnlySpan<byte> _bytes;
    private ulong _number;

    public int Field { get; private set; }

    public readonly long Number => (long)_number;

    public readonly int Int32 => (int)_number;

    public readonly bool Flag => _number != 0;

    public readonly string Text => Encoding.UTF8.GetString(_bytes);

    public readonly Guid Id => _bytes.Length == 16 ? new Guid(_bytes, bigEndian: true) : Guid.Empty;

    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = _rest[0];
        _rest = _rest[1..];
        Field = tag >> 1;
        _bytes = default;
        if (!TryVarint(out _number))
        {
            return false;
        }

        if ((tag & 1) == 0)
        {
            return true;
        }

        if (_number > (ulong)_rest.Length)
        {
            return false;
        }

        _bytes = _rest[..(int)_number];
        _rest = _rest[(int)_number..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            var part = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
