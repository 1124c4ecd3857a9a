using System.Net;
using System.Text.Json.Nodes;

namespace Gateway.Testing.Clusters.Ledger;

/// <summary>Compares what callers and upstreams saw with what is in the ledger.</summary>
/// <remarks>
/// 1. Whoever has the head of an answer knows its id: there is one record of it if an upstream had the request.
/// 2. Of the others as many records are left as requests of theirs reached an upstream, and at most those that were being sent as a
///    front-end died or as the caller hung up beside them.
/// 3. A delivered answer's record has the provider's count, its price, every attempt, and no mark.
/// 4. Whatever is not marked has the count of a request of its own.
/// </remarks>
internal sealed class LedgerAudit(IReadOnlyDictionary<int, LedgerAnswer> answers, TaggedUpstream first, TaggedUpstream second, IReadOnlyList<JsonNode> records)
{
    private readonly List<string> problems = [];
    private readonly Dictionary<string, JsonNode> byId = records.ToDictionary(record => record["id"]!.GetValue<string>());

    public HashSet<int> Reached { get; } = [.. first.Asked.Keys, .. second.Asked.Keys];

    public IReadOnlyList<string> Run()
    {
        foreach (var (tag, answer) in answers)
        {
            if (answer.Id is not null)
            {
                CheckKnown(tag, answer);
            }
        }

        CheckUnknown();
        CheckUnmarked();
        return problems;
    }

    public static bool Flag(JsonNode record, string name) => record[name]!.GetValue<bool>();

    private static long Output(JsonNode record) => record["output_tokens"]!.GetValue<long>();

    private static bool IsMarked(JsonNode record) => Flag(record, "partial") || Flag(record, "interrupted") || Flag(record, "estimated");

    private void CheckKnown(int tag, LedgerAnswer answer)
    {
        if (!byId.TryGetValue(answer.Id!, out var record))
        {
            Expect(!Reached.Contains(tag), tag, "reached an upstream and has no record");
            return;
        }

        Expect(record["client_id"]!.GetValue<string>() == LedgerCalls.ClientId, tag, "has another client's id");
        var attempts = record["attempts"]!.AsArray();
        if (!Reached.Contains(tag))
        {
            Expect(attempts.All(attempt => attempt!["status"] is null), tag, "has an attempt with a status, and no upstream had it");
        }
        else if (answer.IsDelivered)
        {
            Expect(Output(record) == TaggedCall.TokensOf(tag) && record["input_tokens"]!.GetValue<long>() == TaggedCall.InputTokens, tag, $"was delivered, and {record.ToJsonString()} is not what its provider counts");
            Expect(record["cost_usd"]!.GetValue<decimal>() == TaggedCall.CostOf(tag), tag, $"was delivered, and {record.ToJsonString()} is not what it costs");
            Expect(!IsMarked(record) && record["status"]!.GetValue<int>() == (int)HttpStatusCode.OK, tag, $"was delivered, and {record.ToJsonString()} is marked");
            Expect(attempts.Count == first.Asked.GetValueOrDefault(tag) + second.Asked.GetValueOrDefault(tag), tag, $"has {attempts.Count} attempts, and upstreams had others");
            Expect(
                TaggedCall.KindOf(tag) != TaggedKind.FailsOverWithUsage || attempts.Count == 1 || Output(attempts[0]!) == TaggedCall.FailedTokens, tag, "lacks the usage of the attempt that failed");
        }
        else if (answer.Status == HttpStatusCode.OK)
        {
            Expect(IsMarked(record) || Output(record) == TaggedCall.TokensOf(tag), tag, $"ended early, and {record.ToJsonString()} does not say so");
        }
    }

    private void CheckUnknown()
    {
        var known = answers.Values.Select(answer => answer.Id).OfType<string>().ToHashSet();
        var others = records.Count(record => !known.Contains(record["id"]!.GetValue<string>()));
        var reached = answers.Count(answer => answer.Value.Id is null && Reached.Contains(answer.Key));
        var all = answers.Count(answer => answer.Value.Id is null);
        if (others < reached || others > all)
        {
            problems.Add($"{all} calls had no head of an answer, {reached} of them reached an upstream: {others} records are not theirs.");
        }
    }

    private void CheckUnmarked()
    {
        var counts = records.Where(record => !IsMarked(record) && record["status"]?.GetValue<int>() == (int)HttpStatusCode.OK).Select(Output).ToList();
        foreach (var count in counts.GroupBy(count => count).Where(group => group.Count() > 1))
        {
            problems.Add($"{count.Count()} records have {count.Key} output tokens, which is one request's.");
        }

        var possible = Reached.Select(tag => (long)TaggedCall.TokensOf(tag)).ToHashSet();
        problems.AddRange(counts.Where(count => !possible.Contains(count)).Select(count => $"A record has {count} output tokens, which is nobody's."));
    }

    private void Expect(bool isKept, int tag, string problem)
    {
        if (!isKept)
        {
            problems.Add($"{TaggedCall.KindOf(tag)} {tag} {problem}.");
        }
    }
}
