using System.Collections.Immutable;
using System.Text;
using Gateway.Api.Http;

namespace Gateway.Api.Routing.Upstreams;

/// <summary>Joins an entry's URL with the path of an operation.</summary>
public static class UpstreamAddress
{
    /// <summary>One address per operation: URL path, one slash, operation path; then the URL's query, then <paramref name="query"/>, which wins over equal names.</summary>
    public static Uri[] ForOperations(Uri entryUrl, ImmutableDictionary<string, string> query)
    {
        var root = entryUrl.GetLeftPart(UriPartial.Authority) + entryUrl.AbsolutePath.TrimEnd('/') + "/";
        var suffix = MergedQuery(entryUrl.Query, query);
        var addresses = new Uri[Operations.Count];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = new Uri(root + ((Operation)i).Path() + suffix);
        }

        return addresses;
    }

    private static string MergedQuery(string ofUrl, ImmutableDictionary<string, string> query)
    {
        var text = new StringBuilder();
        foreach (var pair in ofUrl.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = pair.Split('=', 2)[0];
            if (!query.ContainsKey(Uri.UnescapeDataString(name)))
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(pair);
            }
        }

        foreach (var (name, value) in query.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }
}
