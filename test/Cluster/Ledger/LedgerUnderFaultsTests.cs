using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Ledger;

public sealed class LedgerUnderFaultsTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Calls = 400;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    /// <summary>By tag: id of the answer, and whether all of it was delivered.</summary>
    private readonly ConcurrentDictionary<int, (string? Id, bool IsDelivered)> answers = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 20 }) { Timeout = TimeSpan.FromSeconds(60) };
    private int heldOnB;

    public override ValueTask DisposeAsync()
    {
        client.Dispose();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Every_request_that_reached_an_upstream_has_one_record_whatever_was_killed()
    {
        await using var first = new TaggedUpstream(failsSome: true);
        await using var second = new TaggedUpstream(failsSome: false);
        await using var caller = await LimitedCaller.CreateAsync(Shared, GenerousLimits());
        var model = Shared.NewName("model");
        Shared.Add(first.Url, model);
        Shared.Add(second.Url, model, priority: 1);
        await UntilServedAsync(model, caller.Key);

        var calls = RunAsync(model, caller.Key);
        await Eventually.TrueAsync(() => answers.Count > Calls / 4, "a part of the calls is done");
        await Eventually.TrueAsync(() => heldOnB > 0, "the front-end that will die serves a stream");
        await Shared.B.KillAsync();
        await Shared.B.StartAsync();
        await Eventually.TrueAsync(() => answers.Count > Calls / 2, "half of the calls are done", Settled);
        await Shared.Rig.Postgres.StopAsync();
        await Shared.Rig.Postgres.StartAgainAsync();
        await calls;

        var reached = first.Asked.Keys.Union(second.Asked.Keys).Order().ToList();
        var records = await Eventually.MatchAsync(() => RecordsAsync(caller.KeyId), records => records.Count >= reached.Count, $"{reached.Count} requests have their records", Settled);
        var unanswered = answers.Count(answer => answer.Value.Id is null);
        records.Count.Should().BeLessThanOrEqualTo(reached.Count + unanswered, "only what was being sent as the front-end died may have a record without having arrived");
        var byId = records.ToDictionary(record => record["id"]!.GetValue<string>());
        foreach (var (tag, answer) in answers.Where(answer => answer.Value.IsDelivered))
        {
            var record = byId[answer.Id!];
            record["output_tokens"]!.GetValue<long>().Should().Be(TaggedUpstream.TokensOf(tag), "that is what the provider counted");
            record["interrupted"]!.GetValue<bool>().Should().BeFalse();
            record["client_id"]!.GetValue<string>().Should().Be("always-the-same");
            record["attempts"]!.AsArray().Should().HaveCount(TaggedUpstream.IsFailed(tag) && first.Asked.ContainsKey(tag) ? 2 : 1);
        }

        var counted = records.Where(record => !Flag(record, "interrupted") && !Flag(record, "estimated") && record["output_tokens"]!.GetValue<long>() > 0).ToList();
        counted.Select(record => record["output_tokens"]!.GetValue<long>()).Should().OnlyHaveUniqueItems("no request has two");
        records.Should().Contain(record => Flag(record, "partial") && !Flag(record, "interrupted"), "callers left");
        records.Should().Contain(record => Flag(record, "interrupted"), "a front-end was killed with requests in flight");
        await UntilNothingIsReservedAsync(caller);
    }

    private static bool Flag(JsonNode record, string name) => record[name]!.GetValue<bool>();

    private static JsonObject GenerousLimits() => new()
    {
        ["requests_per_minute"] = 100_000,
        ["tokens_per_day"] = 1_000_000_000,
        ["concurrency"] = 200,
    };

    private async Task UntilServedAsync(string model, string key)
    {
        foreach (var node in Shared.FrontEnds)
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, $"{node.Origin}/v1/models/{model}");
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
                    using var answer = await client.SendAsync(request);
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                "the model is served",
                Promises.Broadcast);
        }
    }

    /// <summary>20 callers, each with every twentieth tag.</summary>
    private Task RunAsync(string model, string key) => Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
    {
        for (var tag = number; tag < Calls; tag += 20)
        {
            var node = (tag / 20 + number) % 2 == 0 ? Shared.A : Shared.B;
            answers[tag] = await CallAsync(node.Origin, model, key, tag);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }));

    private async Task<(string? Id, bool IsDelivered)> CallAsync(string origin, string model, string key, int tag)
    {
        var stream = tag % 2 == 0;
        string? id = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, origin + "/v1/chat/completions")
            {
                Content = new StringContent(TaggedUpstream.Body(model, tag, stream), Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            request.Headers.Add("x-request-id", "always-the-same");
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            id = answer.Header("x-gateway-request-id");
            if (stream && TaggedUpstream.IsEndless(tag))
            {
                await using var body = await answer.Content.ReadAsStreamAsync();
                await body.ReadExactlyAsync(new byte[10]);
                var isHeldOnB = origin == Shared.B.Origin ? 1 : 0;
                Interlocked.Add(ref heldOnB, isHeldOnB);
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
                Interlocked.Add(ref heldOnB, -isHeldOnB);
                return (id, false);
            }

            var text = await answer.Content.ReadAsStringAsync();
            return (id, answer.StatusCode == HttpStatusCode.OK && (!stream || text.EndsWith(OpenAiBodies.Done, StringComparison.Ordinal)));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return (id, false);
        }
    }

    private async Task<List<JsonNode>> RecordsAsync(string keyId)
    {
        using var answer = await Shared.A.AdminAsync(HttpMethod.Get, $"/admin/usage/records?limit=1000&key=key:{keyId}");
        return answer.IsSuccessStatusCode ? [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.AsArray().Select(record => record!)] : [];
    }

    private static async Task UntilNothingIsReservedAsync(LimitedCaller caller) => await Eventually.MatchAsync(
        () => caller.DescribeAsync(),
        subject => subject["unavailable"]!.AsArray().Count == 0
            && subject["windows"]!.AsArray().All(window => window!["reserved"]!.GetValue<decimal>() == 0)
            && subject["concurrency"]!["in_use"]!.GetValue<int>() == 0,
        "nothing is reserved",
        Settled);
}
