using System.Buffers;

namespace Gateway.Api.Usage.Metering;

/// <summary>Finds one object inside of a JSON object that arrives in arbitrary pieces, by its structure alone: what stands inside of strings cannot imitate it.</summary>
/// <remarks>
/// 1. Outside of strings only quotes, braces and brackets matter, inside only quotes and backslashes; both are found by
///    vectorised searches, so that long texts and arrays of numbers are passed over at the speed of memory.
/// 2. A string that begins at the depth of the member looked for is compared with its name, piece by piece.
/// 3. The name, white space, a colon: the value comes. An object is entered (on the way) or taken (at the end of the path).
/// 4. A value that ends in the piece in which it began is handed out in place; any other is copied, up to <see cref="MaxCarried"/> bytes.
/// A name that is spelled with escapes is not recognised. A text that is no JSON object finds nothing.
/// </remarks>
/// <param name="path">Names from the outermost object inwards.</param>
internal struct MemberScanner(byte[][] path)
{
    /// <summary>Longest value that may be spread over pieces.</summary>
    public const int MaxCarried = 16 * 1024;

    private const int Near = 16;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    private Place _place;
    private int _depth;
    private int _entered;
    private int _matched;
    private int _valueDepth;
    private byte[]? _carry;
    private int _carried;

    private enum Place
    {
        Start,
        Structure,
        Text,
        Escape,
        AfterName,
        BeforeValue,
        End,
    }

    /// <summary>Nothing will be found any more.</summary>
    public readonly bool IsAtEnd => _place == Place.End;

    /// <summary>Reads on. After it has found the value once, it must not be called again.</summary>
    /// <param name="value">The object's text, valid as long as <paramref name="piece"/>.</param>
    public bool TryFind(ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> value)
    {
        value = default;
        var begin = 0;
        var position = 0;
        while (position < piece.Length && _place != Place.End)
        {
            var before = _valueDepth;
            position += Step(piece[position..]);
            if (before == 0 && _valueDepth > 0)
            {
                begin = position - 1;
            }
            else if (_valueDepth > 0 && _depth < _valueDepth)
            {
                value = Take(piece[begin..position]);
                return !value.IsEmpty;
            }
        }

        if (_valueDepth > 0 && _place != Place.End)
        {
            Carry(piece[begin..]);
        }

        return false;
    }

    /// <returns>How many bytes were read: at least one unless the place changed.</returns>
    private int Step(ReadOnlySpan<byte> rest) => _place switch
    {
        Place.Start => Begin(rest),
        Place.Structure => ReadStructure(rest),
        Place.Text => ReadText(rest),
        Place.Escape => LeaveEscape(),
        Place.AfterName => ReadColon(rest),
        _ => ReadValue(rest),
    };

    private int Begin(ReadOnlySpan<byte> rest)
    {
        var blank = Blank(rest);
        if (blank == rest.Length)
        {
            return blank;
        }

        _place = rest[blank] == (byte)'{' ? Place.Structure : Place.End;
        _depth = 1;
        return blank + 1;
    }

    private int ReadStructure(ReadOnlySpan<byte> rest)
    {
        var at = NextStructure(rest);
        if (at < 0)
        {
            return rest.Length;
        }

        switch (rest[at])
        {
            case (byte)'"':
                _place = Place.Text;
                _matched = _valueDepth == 0 && _depth == _entered + 1 ? 0 : -1;
                break;
            case (byte)'{' or (byte)'[':
                _depth++;
                break;
            default:
                _depth--;
                _entered = Math.Min(_entered, Math.Max(0, _depth - 1));
                _place = _depth == 0 ? Place.End : Place.Structure;
                break;
        }

        return at + 1;
    }

    private int ReadText(ReadOnlySpan<byte> rest)
    {
        var at = NextInText(rest);
        Compare(at < 0 ? rest : rest[..at]);
        if (at < 0)
        {
            return rest.Length;
        }

        if (rest[at] == (byte)'\\')
        {
            _matched = -1;
            _place = Place.Escape;
        }
        else
        {
            _place = _matched == path[_entered].Length ? Place.AfterName : Place.Structure;
        }

        return at + 1;
    }

    private void Compare(ReadOnlySpan<byte> text)
    {
        if (_matched >= 0)
        {
            _matched = path[_entered].AsSpan(_matched).StartsWith(text) ? _matched + text.Length : -1;
        }
    }

    private int LeaveEscape()
    {
        _place = Place.Text;
        return 1;
    }

    private int ReadColon(ReadOnlySpan<byte> rest)
    {
        var blank = Blank(rest);
        if (blank == rest.Length)
        {
            return blank;
        }

        var isName = rest[blank] == (byte)':';
        _place = isName ? Place.BeforeValue : Place.Structure;
        return isName ? blank + 1 : blank;
    }

    private int ReadValue(ReadOnlySpan<byte> rest)
    {
        var blank = Blank(rest);
        if (blank == rest.Length)
        {
            return blank;
        }

        _place = Place.Structure;
        if (rest[blank] != (byte)'{')
        {
            return blank;
        }

        _depth++;
        if (_entered + 1 < path.Length)
        {
            _entered++;
        }
        else
        {
            _valueDepth = _depth;
        }

        return blank + 1;
    }

    /// <returns>Empty: it is too large.</returns>
    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> end)
    {
        _place = Place.End;
        if (_carried == 0)
        {
            return end;
        }

        Carry(end);
        return _carry.AsSpan(0, _carried);
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        if (_carried + bytes.Length > MaxCarried)
        {
            _place = Place.End;
            _carried = 0;
            return;
        }

        if (_carry is null || _carried + bytes.Length > _carry.Length)
        {
            Array.Resize(ref _carry, Math.Max(512, 2 * (_carried + bytes.Length)));
        }

        bytes.CopyTo(_carry.AsSpan(_carried));
        _carried += bytes.Length;
    }

    // Names and short values end within a few bytes, where a vectorised search only costs its beginning.
    private static int NextStructure(ReadOnlySpan<byte> rest)
    {
        var near = Math.Min(rest.Length, Near);
        for (var i = 0; i < near; i++)
        {
            if (rest[i] is (byte)'"' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']')
            {
                return i;
            }
        }

        var far = rest[near..].IndexOfAny(Structure);
        return far < 0 ? far : near + far;
    }

    private static int NextInText(ReadOnlySpan<byte> rest)
    {
        var near = Math.Min(rest.Length, Near);
        for (var i = 0; i < near; i++)
        {
            if (rest[i] is (byte)'"' or (byte)'\\')
            {
                return i;
            }
        }

        var far = rest[near..].IndexOfAny((byte)'"', (byte)'\\');
        return far < 0 ? far : near + far;
    }

    private static int Blank(ReadOnlySpan<byte> rest)
    {
        var other = rest.IndexOfAnyExcept(" \t\r\n"u8);
        return other < 0 ? rest.Length : other;
    }
}
