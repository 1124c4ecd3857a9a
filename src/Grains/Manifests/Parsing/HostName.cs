using System.Text;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>
/// <see cref="Uri"/> takes host names that no name server can be asked for, and says so only when their ASCII form is wanted.
/// </summary>
internal static class HostName
{
    public const string Rule = "must have a host that is a valid domain name or address";

    public static bool IsValid(Uri url)
    {
        try
        {
            // Entries are stored as text: what was read once must be readable again.
            return Ascii.IsValid(new Uri(url.AbsoluteUri).IdnHost);
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
