using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Storage.Keys;

/// <summary>
/// An HMAC over everything that a key record says, under a key derived from the cluster secret. Who can write the
/// database but does not know the secret can neither mint a key nor widen one.
/// </summary>
public sealed class ApiKeySeal
{
    // A key is sealed in the oldest format that holds all it says, so that versions run side by side. A version that does not know the
    // format refuses the key, since it would not know of its restrictions either.
    private const byte PlainFormat = 1;
    private const byte ScopedFormat = 2;
    private const byte DelegateFormat = 3;
    private const byte MakerFormat = 4;
    private readonly byte[] _key;

    /// <param name="clusterSecret"><c>CLUSTER_SECRET</c>.</param>
    public ApiKeySeal(string clusterSecret)
    {
        ArgumentException.ThrowIfNullOrEmpty(clusterSecret);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(clusterSecret), 32, info: "gateway/api-key-seal/v1"u8.ToArray());
    }

    public byte[] Compute(ApiKeyRecord record) => HMACSHA256.HashData(_key, Encode(record));

    public bool Matches(ApiKeyRecord record, ReadOnlySpan<byte> seal) => CryptographicOperations.FixedTimeEquals(Compute(record), seal);

    // Every field has its length in front, so no two records have one encoding.
    private static ReadOnlySpan<byte> Encode(ApiKeyRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var format = record switch
        {
            { MakerGroups.IsEmpty: false } or { MakerDomains.IsEmpty: false } => MakerFormat,
            { OnBehalfOf: true } => DelegateFormat,
            { Routes.IsEmpty: true, PreviousHash: null, PreviousUntil: null, Parent: null } => PlainFormat,
            _ => ScopedFormat,
        };
        buffer.Write([format]);
        Text(buffer, record.Id);
        record.Hash.CopyTo(buffer.GetSpan(KeyHash.Size));
        buffer.Advance(KeyHash.Size);
        Text(buffer, record.Hint);
        Text(buffer, record.Name);
        Text(buffer, record.Owner);
        List(buffer, record.Groups);
        Text(buffer, record.Project);
        Text(buffer, record.Role);
        List(buffer, record.Models);
        Number(buffer, record.CreatedAt.ToUnixTimeMilliseconds());
        Text(buffer, record.CreatedBy);
        Number(buffer, record.ExpiresAt?.ToUnixTimeMilliseconds() ?? long.MinValue);
        Number(buffer, record.RevokedAt?.ToUnixTimeMilliseconds() ?? long.MinValue);
        Number(buffer, record.Version);
        if (format != PlainFormat)
        {
            List(buffer, record.Routes);
            Text(buffer, record.PreviousHash is { } previous ? Convert.ToHexString(previous.ToArray()) : null);
            Number(buffer, record.PreviousUntil?.ToUnixTimeMilliseconds() ?? long.MinValue);
            Text(buffer, record.Parent);
        }

        if (format == MakerFormat)
        {
            Number(buffer, record.OnBehalfOf ? 1 : 0);
            List(buffer, record.MakerGroups);
            List(buffer, record.MakerDomains);
        }

        return buffer.WrittenSpan;
    }

    private static void List(ArrayBufferWriter<byte> buffer, ImmutableArray<string> values)
    {
        Number(buffer, values.Length);
        foreach (var value in values)
        {
            Text(buffer, value);
        }
    }

    private static void Text(ArrayBufferWriter<byte> buffer, string? value)
    {
        Number(buffer, value is null ? -1 : Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value ?? "", buffer);
    }

    private static void Number(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }
}
