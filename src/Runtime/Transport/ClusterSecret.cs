using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Orleans.Runtime.Transport;

/// <summary>Signs with the cluster's secret, so that the secret itself never leaves the process.</summary>
internal sealed class ClusterSecret(IOptions<ClusterTransportOptions> options)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.Secret);

    public string Sign(string text) => Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    public bool IsSignature(string text, string signature) =>
        AreEqual(Sign(text), signature);

    /// <summary>Takes the same time wherever they differ.</summary>
    public static bool AreEqual(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(expected.AsSpan()), MemoryMarshal.AsBytes(given.AsSpan()));
}
