using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gateway.Api.Http;

/// <summary>Makes UUIDs of version 7.</summary>
/// <remarks>
/// The platform's own maker asks the operating system for randomness each time, which costs as much as authenticating the
/// request; this one asks once for a few hundred ids per thread.
/// </remarks>
internal static class RequestIdSource
{
    private const int RandomBytesPerId = 10;
    private const int IdsPerRefill = 256;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _left;

    public static string Next(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        TakeRandom(id[6..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true).ToString();
    }

    private static void TakeRandom(Span<byte> destination)
    {
        var random = _random ??= new byte[RandomBytesPerId * IdsPerRefill];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(random);
            _left = IdsPerRefill;
        }

        _left--;
        random.AsSpan(_left * RandomBytesPerId, RandomBytesPerId).CopyTo(destination);
    }
}
