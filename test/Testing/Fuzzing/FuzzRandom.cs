namespace Gateway.Testing.Fuzzing;

/// <summary>Randomness of one case: the same for the same seed and number, whatever ran before (SplitMix64).</summary>
public sealed class FuzzRandom(long seed, long number)
{
    private ulong state = Mix((ulong)seed * 0x9E3779B97F4A7C15) ^ Mix((ulong)number + 0x632BE59BD9B4E019);

    public ulong Next64() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(Next64() % (uint)bound);

    public int Between(int lowest, int highest) => lowest + Below(highest - lowest + 1);

    public bool Percent(int share) => Below(100) < share;

    public bool OneIn(int count) => Below(count) == 0;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        foreach (ref var value in bytes.AsSpan())
        {
            value = (byte)Next64();
        }

        return bytes;
    }

    /// <summary>Of the given characters.</summary>
    public string Text(int length, string alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    {
        Span<char> text = length <= 256 ? stackalloc char[length] : new char[length];
        foreach (ref var character in text)
        {
            character = alphabet[Below(alphabet.Length)];
        }

        return text.ToString();
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
