using System.Security.Cryptography;
using System.Text;
using Gateway.Abstractions.Tokens;

namespace Gateway.Grains.Tests.Tokens;

internal static class TokenShards
{
    /// <summary>Another token that the same grain answers for.</summary>
    public static string Beside(string token) =>
        Enumerable.Range(0, 100_000).Select(number => $"beside-{number}").First(other => KeyOf(other) == KeyOf(token));

    private static string KeyOf(string token) => ITokenGrain.KeyOf(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
