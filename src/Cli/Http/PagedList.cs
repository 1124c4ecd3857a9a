using System.Text.Json.Nodes;
using Gateway.Cli.Text;

namespace Gateway.Cli.Http;

/// <summary>All pages of a list.</summary>
internal static class PagedList
{
    private const int MostPages = 1_000;

    /// <param name="client">The gateway.</param>
    /// <param name="path">Of the list.</param>
    /// <param name="parameter">Query parameter that names where a page begins.</param>
    /// <param name="next">Its value for the page after this one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<List<JsonNode>> ReadAsync(GatewayClient client, string path, string parameter, Func<JsonNode?, string?> next, CancellationToken cancellationToken)
    {
        var all = new List<JsonNode>();
        string? from = null;
        for (var number = 0; number < MostPages; number++)
        {
            var page = await client.GetAsync(from is null ? path : $"{path}?{parameter}={Uri.EscapeDataString(from)}", cancellationToken);
            all.AddRange(page.Data().Select(item => item.DeepClone()));
            if (page.Shown("has_more") != "true" || next(page) is not { } after || after == from)
            {
                break;
            }

            from = after;
        }

        return all;
    }
}
