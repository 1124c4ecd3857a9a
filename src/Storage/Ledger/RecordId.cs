using System.Buffers.Binary;

namespace Gateway.Storage.Ledger;

/// <summary>Ids of records are UUIDs of version 7; as 16 bytes in network order they sort by time, in every database.</summary>
public static class RecordId
{
    private const long MaxMilliseconds = (1L << 48) - 1;

    public static DateTimeOffset TimeOf(Guid id) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(MillisecondsOf(id), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    public static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }

    /// <summary>As it is stored.</summary>
    public static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    public static Guid FromBytes(byte[] bytes) => new(bytes, bigEndian: true);

    /// <summary>No id of this time or later is smaller.</summary>
    public static byte[] LowerBound(DateTimeOffset time)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Clamp(time.ToUnixTimeMilliseconds(), 0, MaxMilliseconds) << 16);
        return bytes;
    }
}
