namespace Gateway.Api.Streaming;

/// <summary>The fields of one event that the gateway looks at.</summary>
public readonly ref struct SseEvent
{
    private SseEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool hasData, bool hasId)
    {
        HasId = hasId;
        Name = name;
        Data = data;
        HasData = hasData;
    }

    /// <summary>Value of <c>event:</c>; empty if there is none.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Value of <c>data:</c>, several of them joined by LF.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>False for comments and bare blank lines, which no client is told of.</summary>
    public bool HasData { get; }

    /// <summary>It has an <c>id:</c> that is not empty.</summary>
    public bool HasId { get; }

    /// <param name="bytes">All lines of the event, with or without its blank line.</param>
    public static SseEvent Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        ReadOnlySpan<byte> name = default, data = default;
        var (hasData, hasId) = (false, false);
        byte[]? joined = null;
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (TryValue(line, "data"u8, out var value))
            {
                if (hasData)
                {
                    joined = Append(joined, data, value, bytes.Length);
                    data = joined.AsSpan(0, data.Length + 1 + value.Length);
                }
                else
                {
                    data = value;
                    hasData = true;
                }
            }
            else if (TryValue(line, "event"u8, out value))
            {
                name = value;
            }
            else if (TryValue(line, "id"u8, out value))
            {
                hasId |= !value.IsEmpty;
            }
        }

        return new SseEvent(name, data, hasData, hasId);
    }

    /// <summary>Appends in place: one copy of the event in all, however many lines it has.</summary>
    private static byte[] Append(byte[]? joined, ReadOnlySpan<byte> data, ReadOnlySpan<byte> value, int bytesToCome)
    {
        if (joined is null)
        {
            joined = new byte[data.Length + 1 + value.Length + bytesToCome];
            data.CopyTo(joined);
        }

        joined[data.Length] = (byte)'\n';
        value.CopyTo(joined.AsSpan(data.Length + 1));
        return joined;
    }

    private static bool TryValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!line.StartsWith(field))
        {
            return false;
        }

        line = line[field.Length..];
        if (line.IsEmpty)
        {
            return true;
        }

        if (line[0] != (byte)':')
        {
            return false;
        }

        value = line is [_, (byte)' ', ..] ? line[2..] : line[1..];
        return true;
    }
}
