using System.Text.Json.Nodes;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Clusters.Ledger;

/// <summary>What the admin routes say of keys and of a subject.</summary>
internal sealed class LedgerBooks(FrontEndPart frontEnd)
{
    private const int Page = 1_000;

    /// <summary>Of the sums; 0 while nobody can tell.</summary>
    public async Task<long> CountAsync(string keyId) => (await TotalsAsync(keyId))?["requests"]?.GetValue<long>() ?? 0;

    public async Task<bool> CanTellAsync()
    {
        using var answer = await frontEnd.AdminAsync(HttpMethod.Get, "/admin/usage");
        return answer.IsSuccessStatusCode;
    }

    /// <summary>One row of <c>/admin/usage</c>; null: there is none, or it cannot be told now.</summary>
    public async Task<JsonNode?> TotalsAsync(string keyId)
    {
        using var answer = await frontEnd.AdminAsync(HttpMethod.Get, $"/admin/usage?group_by=key&key=key:{keyId}");
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.AsArray().FirstOrDefault() : null;
    }

    public async Task<List<JsonNode>> RecordsAsync(string keyId)
    {
        var records = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await frontEnd.AdminJsonAsync(HttpMethod.Get, $"/admin/usage/records?limit={Page}&key=key:{keyId}{(cursor is null ? "" : "&cursor=" + cursor)}");
            records.AddRange(page["data"]!.AsArray().Select(record => record!));
            cursor = page["cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        return records;
    }

    /// <summary><c>GET /admin/subjects/{subject}</c> once nothing is reserved or in flight.</summary>
    public Task<JsonNode> UntilNothingIsReservedAsync(string subject, TimeSpan bound) => Eventually.MatchAsync(
        () => frontEnd.DescribeSubjectAsync(subject),
        shown => shown["windows"]!.AsArray().All(window => window!["reserved"]!.GetValue<decimal>() == 0)
            && shown["concurrency"]!["in_use"]!.GetValue<int>() == 0,
        "nothing is reserved",
        bound);
}
