namespace Gateway.Testing.Fuzzing;

/// <summary>Damage that knows nothing of what it damages.</summary>
public static class ByteMutations
{
    private static readonly byte[][] Nasty =
    [
        [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5], [0xE2, 0x80, 0xA8], [0xEF, 0xBB, 0xBF], "\\u0000"u8.ToArray(), "\\ud800"u8.ToArray(),
        "\r\n\r\n"u8.ToArray(), "{"u8.ToArray(), "]"u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "1e999"u8.ToArray(),
    ];

    /// <summary>One to four changes: bytes flipped, cut out, doubled, moved, or something nasty put in.</summary>
    public static byte[] Apply(FuzzRandom random, byte[] bytes)
    {
        for (var change = random.Between(1, 4); change > 0; change--)
        {
            bytes = Once(random, bytes);
        }

        return bytes;
    }

    public static byte[] Truncate(FuzzRandom random, byte[] bytes) => bytes[..random.Below(Math.Max(1, bytes.Length))];

    public static byte[] Insert(FuzzRandom random, byte[] bytes, byte[] inserted)
    {
        var at = random.Below(bytes.Length + 1);
        return [.. bytes[..at], .. inserted, .. bytes[at..]];
    }

    private static byte[] Once(FuzzRandom random, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return random.Bytes(1);
        }

        var start = random.Below(bytes.Length);
        var end = Math.Min(bytes.Length, start + random.Between(1, 16));
        switch (random.Below(6))
        {
            case 0:
                bytes = (byte[])bytes.Clone();
                bytes[start] ^= (byte)(1 << random.Below(8));
                return bytes;
            case 1:
                bytes = (byte[])bytes.Clone();
                bytes[start] = (byte)random.Next64();
                return bytes;
            case 2:
                return [.. bytes[..start], .. bytes[end..]];
            case 3:
                return [.. bytes[..end], .. bytes[start..end], .. bytes[end..]];
            case 4:
                return Truncate(random, bytes);
            default:
                return Insert(random, bytes, random.Pick<byte[]>(Nasty));
        }
    }
}
