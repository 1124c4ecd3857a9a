using System.Security.Cryptography;
using System.Text;

namespace Gateway.Api.Routing.Upstreams;

/// <summary>Names a provider key in reports, listings and logs.</summary>
/// <remarks>Keyed with the cluster's secret: without it not even a short key can be found by trying.</remarks>
public static class KeyFingerprint
{
    private const int Bytes = 8;

    /// <summary>The secret that fingerprints are keyed with, separated from its other uses.</summary>
    public static byte[] DeriveKey(string clusterSecret) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), "gateway provider key fingerprint v1"u8);

    /// <returns>16 lower-case hexadecimal digits.</returns>
    public static string Of(string providerKey, byte[] derivedKey) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(derivedKey, Encoding.UTF8.GetBytes(providerKey)).AsSpan(0, Bytes));
}
