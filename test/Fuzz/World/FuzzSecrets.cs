using System.Text;

namespace Gateway.Fuzz.World;

/// <summary>What no caller may ever be shown.</summary>
internal sealed class FuzzSecrets
{
    public const string ProviderKey = "sk-provider-canary-5b1f9c77";
    public const string IntrospectionSecret = "introspection-canary-c2d0";

    private readonly (string Name, byte[] Bytes)[] secrets;

    public FuzzSecrets(string adminKey, string upstreamAddress)
    {
        UpstreamAddress = upstreamAddress;
        secrets =
        [
            ("the provider's key", Encoding.ASCII.GetBytes(ProviderKey)), ("the introspection secret", Encoding.ASCII.GetBytes(IntrospectionSecret)),
            ("the admin key", Encoding.ASCII.GetBytes(adminKey)), ("the upstream's address", Encoding.ASCII.GetBytes(upstreamAddress)),
        ];
    }

    /// <summary>Host and port.</summary>
    public string UpstreamAddress { get; }

    /// <summary>The name of a secret that is there; null: none is.</summary>
    public string? FoundIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var (name, secret) in secrets)
        {
            if (bytes.IndexOf(secret) >= 0)
            {
                return name;
            }
        }

        return null;
    }
}
