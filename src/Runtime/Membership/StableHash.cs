namespace Orleans.Runtime.Membership;

/// <summary>Hashes that are the same in every process and version: FNV-1a (64 bit) over UTF-8, and the finalizer of MurmurHash3.</summary>
internal static class StableHash
{
    private const int OnStack = 256;

    public static ulong Of(string text) => Append(0xcbf29ce484222325UL, text);

    public static ulong Of(GrainId grain) => Append(Append(Append(0xcbf29ce484222325UL, grain.Type.ToString()), "/"), grain.Key.ToString());

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdUL;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return value ^ (value >> 33);
    }

    private static ulong Append(ulong hash, string text)
    {
        Span<byte> bytes = Encoding.UTF8.GetMaxByteCount(text.Length) <= OnStack ? stackalloc byte[OnStack] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        foreach (var value in bytes[..Encoding.UTF8.GetBytes(text, bytes)])
        {
            hash = (hash ^ value) * 0x100000001b3UL;
        }

        return hash;
    }
}
