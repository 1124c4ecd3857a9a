using System.Net;
using Gateway.Cli.Host;

namespace Gateway.Cli.Profiles;

/// <summary>Addresses as people type them.</summary>
public static class GatewayAddress
{
    /// <summary>Without <c>/v1</c>, query and slash at the end, so that one gateway has one spelling.</summary>
    /// <param name="text">As it was given.</param>
    /// <param name="setting">Where it was given.</param>
    /// <param name="allowHttp">Plain text to other machines too.</param>
    public static string Parse(string text, string setting, bool allowHttp)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw CliException.Usage($"{setting} must be an address like https://gateway.example.com");
        }

        if (address.UserInfo.Length > 0)
        {
            throw CliException.Usage($"{setting} must not contain a user name or password");
        }

        if (!allowHttp && !IsSafe(address))
        {
            throw CliException.Usage($"{setting} is plain http to another machine, where others could read your credential. Use https, or --allow-http in a network you trust");
        }

        var path = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return path.EndsWith("/v1", StringComparison.Ordinal) ? path[..^3].TrimEnd('/') : path;
    }

    /// <summary>Encrypted, or not leaving this machine.</summary>
    public static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps
        || address.Host == "localhost"
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
