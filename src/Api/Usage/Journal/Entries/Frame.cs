using System.Buffers.Binary;
using System.Numerics;

namespace Gateway.Api.Usage.Journal.Entries;

/// <summary>
/// How an entry lies in a file: length of what follows the checksum (4 bytes), checksum (4), schema (1), kind (1), slot (4), number (8),
/// fields. Integers are little-endian.
/// </summary>
/// <remarks>
/// The checksum is CRC32C over schema, kind and fields, then over slot, number and the place in the journal: bytes that were meant for
/// another place are no entry here. What it covers first is summed up before the journal's lock is taken.
/// </remarks>
internal static class Frame
{
    public const int HeaderLength = 22;
    public const int MaxLength = 1 << 20;
    public const byte Schema = 1;

    private const int KindAt = 9;
    private const int SlotAt = 10;
    private const int NumberAt = 14;

    public static void Prepare(Span<byte> frame, EntryKind kind)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - 8);
        frame[8] = Schema;
        frame[KindAt] = (byte)kind;
    }

    public static uint SumOfContent(ReadOnlySpan<byte> frame) => Sum(Sum(uint.MaxValue, frame[8..SlotAt]), frame[HeaderLength..]);

    public static void Seal(Span<byte> frame, uint content, int slot, long number, long position)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[SlotAt..], slot);
        BinaryPrimitives.WriteInt64LittleEndian(frame[NumberAt..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], SumOfPlace(content, slot, number, position));
    }

    /// <summary>Length of the whole frame at the begin of <paramref name="bytes"/>; 0: no frame begins here.</summary>
    public static int LengthAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength)
        {
            return 0;
        }

        var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes) + 8;
        return length is >= HeaderLength and <= MaxLength ? (int)length : 0;
    }

    public static bool IsIntact(ReadOnlySpan<byte> frame, long position) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) == SumOfPlace(SumOfContent(frame), SlotOf(frame), NumberOf(frame), position);

    public static EntryKind KindOf(ReadOnlySpan<byte> frame) => (EntryKind)frame[KindAt];

    public static int SlotOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32LittleEndian(frame[SlotAt..]);

    public static long NumberOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64LittleEndian(frame[NumberAt..]);

    private static uint SumOfPlace(uint content, int slot, long number, long position) =>
        ~BitOperations.Crc32C(BitOperations.Crc32C(BitOperations.Crc32C(content, (ulong)slot), (ulong)number), (ulong)position);

    private static uint Sum(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return sum;
    }
}
