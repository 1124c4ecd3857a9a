using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Cli.Identity;

/// <summary>Proof that who redeems a code is who asked for it (RFC 7636, S256).</summary>
public sealed record Pkce(string Verifier)
{
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static Pkce Create() => new(RandomText());

    /// <summary>256 random bits.</summary>
    public static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public override string ToString() => nameof(Pkce);
}
