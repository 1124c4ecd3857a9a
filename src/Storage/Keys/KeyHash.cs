using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Storage.Keys;

/// <summary>SHA-256 of a credential: what is stored and looked up instead of it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct KeyHash : IEquatable<KeyHash>
{
    public const int Size = SHA256.HashSizeInBytes;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    public KeyHash(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, Size);
        _first = BinaryPrimitives.ReadUInt64BigEndian(hash);
        _second = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
    }

    /// <summary>Allocates nothing for credentials up to a few kilobytes.</summary>
    public static KeyHash Of(ReadOnlySpan<char> credential)
    {
        const int OnStack = 512;
        Span<byte> hash = stackalloc byte[Size];
        var bound = Encoding.UTF8.GetMaxByteCount(credential.Length);
        if (bound <= OnStack)
        {
            Span<byte> bytes = stackalloc byte[OnStack];
            SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(credential, bytes)], hash);
            return new KeyHash(hash);
        }

        var rented = ArrayPool<byte>.Shared.Rent(bound);
        try
        {
            SHA256.HashData(rented.AsSpan(0, Encoding.UTF8.GetBytes(credential, rented)), hash);
            return new KeyHash(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    public byte[] ToArray()
    {
        var hash = new byte[Size];
        CopyTo(hash);
        return hash;
    }

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, _first);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(target[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(target[24..], _fourth);
    }

    /// <summary>Takes the same time wherever two hashes differ.</summary>
    public bool Equals(KeyHash other) =>
        ((_first ^ other._first) | (_second ^ other._second) | (_third ^ other._third) | (_fourth ^ other._fourth)) == 0;

    public override bool Equals(object? obj) => obj is KeyHash other && Equals(other);

    /// <summary>A part of a cryptographic hash is already evenly spread.</summary>
    public override int GetHashCode() => (int)_first;

    public static bool operator ==(KeyHash left, KeyHash right) => left.Equals(right);

    public static bool operator !=(KeyHash left, KeyHash right) => !left.Equals(right);
}
