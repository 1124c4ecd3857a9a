using System.Collections.Immutable;
using System.Text;

namespace Gateway.Silo.Upstreams;

/// <summary>Joins an entry's URL with a path below it.</summary>
public sealed class EntryAddress(Uri entryUrl, ImmutableDictionary<string, string> query)
{
    private readonly string _root = entryUrl.GetLeftPart(UriPartial.Authority) + entryUrl.AbsolutePath.TrimEnd('/') + "/";
    private readonly string _suffix = MergedQuery(entryUrl.Query, query);

    /// <summary>URL path, one slash, <paramref name="path"/>; then the URL's query, then the entry's, which wins over equal names.</summary>
    public Uri Of(string path) => new(_root + path + _suffix);

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
