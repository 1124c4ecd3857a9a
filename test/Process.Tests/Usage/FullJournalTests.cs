using Gateway.Testing.Databases;
using Npgsql;

namespace Gateway.Process.Usage;

/// <summary>What nobody could write down is not sent.</summary>
public sealed class FullJournalTests
{
    [Fact]
    public async Task While_the_journal_is_full_nobody_is_served_and_afterwards_everything_is_recorded_once()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var server = await PostgresServer.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(Setup(upstream, server));
        await gateway.AdminJsonAsync(HttpMethod.Put, "/admin/subjects/user:limited/limits", new JsonObject { ["requests_per_day"] = 1_000 });
        using var wordy = await BurstAsync(gateway, "wordy", Enumerable.Range(0, 100).Select(number => $"{number:000}-{new string('g', 240)}"));
        using var free = await BurstAsync(gateway, "free", []);
        using var limited = await BurstAsync(gateway, "limited", []);
        var served = new List<CallAnswer>();
        served.AddRange(await CallAsync(free, 1));
        served.AddRange(await CallAsync(limited, 1));
        served.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);

        await using (var connection = new NpgsqlConnection(server.ConnectionString()))
        {
            // Limits can be checked, and the ledger cannot be written.
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("LOCK TABLE usage_records, usage_hours, usage_days IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await command.ExecuteNonQueryAsync();
            served.AddRange(await FillAsync(wordy, 200));
            served.AddRange(await FillAsync(free, 1));
            upstream.Requests.Should().HaveCount(served.Count);

            foreach (var caller in (Burst[])[free, limited])
            {
                var refused = (await CallAsync(caller, 1)).Single();
                (refused.Status, refused.ErrorCode).Should().Be((HttpStatusCode.ServiceUnavailable, "journal_unavailable"));
            }

            await server.KillAsync();
            (await CallAsync(free, 1)).Concat(await CallAsync(limited, 1)).Should().OnlyContain(answer => answer.Status == HttpStatusCode.ServiceUnavailable);
            upstream.Requests.Should().HaveCount(served.Count);
        }

        await server.StartAgainAsync();
        foreach (var caller in (Burst[])[free, limited])
        {
            served.Add(await Eventually.MatchAsync(async () => (await CallAsync(caller, 1)).Single(), answer => answer.Status == HttpStatusCode.OK, "there is room again", TimeSpan.FromSeconds(90)));
        }

        upstream.Requests.Should().HaveCount(served.Count);
        await Eventually.MatchAsync(() => server.ScalarAsync<long>("SELECT count(*) FROM usage_records"), count => count >= served.Count, "all is recorded", TimeSpan.FromSeconds(90));
        (await server.ScalarAsync<string[]>("SELECT array_agg(encode(id, 'hex')) FROM usage_records")).Should().BeEquivalentTo(served.Select(answer => answer.Id!.Replace("-", "", StringComparison.Ordinal)));
        var shown = await gateway.DescribeSubjectAsync("user:limited");
        shown["windows"]![0]!["used"]!.GetValue<decimal>().Should().Be(2, "what was refused is not counted");
    }

    /// <summary>Sends so many at once, again and again, until one is refused; answers with those that were served.</summary>
    private static async Task<List<CallAnswer>> FillAsync(Burst caller, int together)
    {
        var served = new List<CallAnswer>();
        while (true)
        {
            var answers = await CallAsync(caller, together);
            served.AddRange(answers.Where(answer => answer.Status == HttpStatusCode.OK));
            if (answers.Where(answer => answer.Status != HttpStatusCode.OK).ToList() is { Count: > 0 } refused)
            {
                refused.Should().OnlyContain(answer => answer.Status == HttpStatusCode.ServiceUnavailable && answer.ErrorCode == "journal_unavailable");
                return served;
            }
        }
    }

    private static Task<CallAnswer[]> CallAsync(Burst caller, int calls) => caller.SendAsync(calls, "m");

    private static async Task<Burst> BurstAsync(GatewayProcess gateway, string owner, IEnumerable<string> groups)
    {
        var key = await gateway.CreateKeyAsync(new JsonObject { ["name"] = owner, ["owner"] = owner, ["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)group)]) });
        return new Burst([gateway.Origin], key["key"]!.GetValue<string>(), connections: 50);
    }

    private static GatewaySetup Setup(ScriptedUpstream upstream, PostgresServer server) => new()
    {
        Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "m") }.ToJsonString(),
        Environment =
        {
            ["METIS_API_TOKENS"] = """{"account":"sk-test"}""",
            ["DATABASE_URL"] = server.Url(),
            ["Gateway__Journal__MaxMegabytes"] = "64",
        },
    };
}
