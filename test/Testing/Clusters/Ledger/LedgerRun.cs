using System.Diagnostics;
using System.Text.Json.Nodes;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Clusters.Ledger;

/// <summary>Calls of all kinds while parts of a cluster are killed, and whether the ledger tells of each once and rightly.</summary>
/// <remarks>
/// 1. Two more front-ends start. PostgreSQL stops; they serve a caller without limits; they are killed for good. PostgreSQL starts.
/// 2. A limited caller makes calls of all kinds at the other front-ends, while these and silos are killed and PostgreSQL restarts.
/// 3. Meanwhile the command takes in the journal of one of the lost front-ends, and a front-end that starts anew that of the other one,
///    by its <c>GATEWAY_ADOPT_DIR</c>. Then the command is given a copy of the latter: what comes twice counts once.
/// 4. Nothing is reserved in the end, and <see cref="LedgerAudit"/> has nothing to say.
/// </remarks>
/// <param name="rig">Whole, with two front-ends at least.</param>
/// <param name="model">Served by <paramref name="first"/>, then <paramref name="second"/>, at the prices of <see cref="TaggedCall"/>.</param>
public sealed class LedgerRun(ClusterRig rig, string model, TaggedUpstream first, TaggedUpstream second, LedgerPlan plan) : IDisposable
{
    private const decimal NanoUsd = 0.000000001m;

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    private readonly LedgerCalls calls = new(model);
    private readonly LedgerBooks books = new(rig.FrontEnds[0]);
    private readonly string name = "ledger-" + model;
    private int frontEndsKilled;
    private int silosKilled;
    private int databaseRestarts;

    /// <summary>Below which the node that is killed first looks for journals.</summary>
    private string AdoptFolder => Path.Combine(rig.Folder, name, "adopt");

    private string CommandFolder => Path.Combine(rig.Folder, name, "command");

    private string CopyFolder => Path.Combine(rig.Folder, name, "copy");

    public async Task<LedgerReport> RunAsync()
    {
        var began = Stopwatch.GetTimestamp();
        var (freeId, freeKey) = await rig.FrontEnds[0].CreateKeyAsync(name + "-free");
        var (limitedId, limitedKey) = await rig.FrontEnds[0].CreateKeyAsync(new JsonObject { ["name"] = name, ["owner"] = name });
        await rig.FrontEnds[0].AdminJsonAsync(HttpMethod.Put, $"/admin/subjects/user:{name}/limits", GenerousLimits());
        var lost = await LoseAsync(freeId, freeKey, limitedKey);
        var killed = rig.FrontEnds[^1];
        killed.Environment["GATEWAY_ADOPT_DIR"] = AdoptFolder;
        try
        {
            var mixed = calls.RunAsync(Enumerable.Range(0, plan.Calls), rig.FrontEnds, limitedKey, plan, plan.Pause);
            var adopted = AdoptByCommandAsync(CommandFolder);
            await BreakAsync(mixed);
            await mixed;
            await adopted;
        }
        finally
        {
            killed.Environment.Remove("GATEWAY_ADOPT_DIR");
        }

        await UntilShippedAsync(limitedId, freeId);
        await AdoptByCommandAsync(CopyFolder);
        var subject = await books.UntilNothingIsReservedAsync("user:" + name, Bound);
        return await ReportAsync(limitedId, freeId, lost, subject, Stopwatch.GetElapsedTime(began));
    }

    public void Dispose() => calls.Dispose();

    private static decimal Cost(JsonNode record) => record["cost_usd"]!.GetValue<decimal>();

    private static JsonObject GenerousLimits() => new()
    {
        ["requests_per_minute"] = 100_000,
        ["tokens_per_day"] = 1_000_000_000_000,
        ["concurrency"] = 500,
        ["budgets"] = new JsonArray(new JsonObject { ["usd"] = 1_000_000, ["window"] = "month", ["mode"] = "hard" }),
    };

    /// <summary>Ids of two nodes that are gone, with journals that nobody has read.</summary>
    private async Task<(string ByFolder, string ByCommand)> LoseAsync(string keyId, string key, string limitedKey)
    {
        await using var one = rig.NewFrontEnd(21);
        await using var other = rig.NewFrontEnd(22);
        FrontEndPart[] lost = [one, other];
        await Task.WhenAll(lost.Select(part => part.StartAsync()));
        foreach (var part in rig.FrontEnds)
        {
            await Eventually.TrueAsync(() => calls.IsServedAsync(part, limitedKey), "the model is served", Bound);
        }

        foreach (var part in lost)
        {
            await Eventually.TrueAsync(() => calls.IsServedAsync(part, key), "the model is served", Bound);
        }

        await rig.Postgres.StopAsync();
        var tags = Enumerable.Range(plan.Calls, 2 * plan.Unshipped).ToList();
        var unhurried = plan with { Patience = TimeSpan.FromMilliseconds(100) };
        await Task.WhenAll(
            calls.RunAsync(tags.Where(tag => tag < plan.Calls + plan.Unshipped), [one], key, unhurried, TimeSpan.Zero),
            calls.RunAsync(tags.Where(tag => tag >= plan.Calls + plan.Unshipped), [other], key, unhurried, TimeSpan.Zero));
        await Task.WhenAll(lost.Select(part => part.KillAsync()));
        Move(one, AdoptFolder);
        Move(other, CommandFolder);
        Copy(AdoptFolder, CopyFolder);
        await rig.Postgres.StartAgainAsync();
        await Eventually.TrueAsync(books.CanTellAsync, "the database answers", Bound);
        var shipped = await books.CountAsync(keyId);
        return shipped == 0
            ? (NodeIn(AdoptFolder), NodeIn(CommandFolder))
            : throw new InvalidOperationException($"{shipped} records were in the database although it was away: the run shows nothing.");
    }

    private static void Move(FrontEndPart part, string folder)
    {
        Directory.CreateDirectory(folder);
        Directory.Move(part.Environment["DATA_DIR"], Path.Combine(folder, part.Name));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static string NodeIn(string folder) => File.ReadAllText(Directory.GetFiles(folder, "node-id", SearchOption.AllDirectories).Single()).Trim();

    /// <summary>Faults at equal distances of the calls.</summary>
    private async Task BreakAsync(Task mixed)
    {
        for (var number = 0; number < plan.Faults; number++)
        {
            var due = plan.Calls * (number + 1) / (plan.Faults + 1);
            await Eventually.TrueAsync(() => mixed.IsCompleted || calls.Answers.Keys.Count(tag => tag < plan.Calls) >= due, $"{due} calls are done", TimeSpan.FromMinutes(10));
            switch (number % 3)
            {
                case 0:
                    await KillFrontEndAsync(rig.FrontEnds[^(1 + (number / 3 % rig.FrontEnds.Length))], mixed);
                    break;
                case 1:
                    var silo = rig.Silos[number / 3 % rig.Silos.Length];
                    await silo.KillAsync();
                    silosKilled++;
                    await silo.StartAsync();
                    break;
                default:
                    await rig.Postgres.StopAsync();
                    await rig.Postgres.StartAgainAsync();
                    databaseRestarts++;
                    break;
            }
        }
    }

    private async Task KillFrontEndAsync(FrontEndPart frontEnd, Task mixed)
    {
        await Eventually.TrueAsync(() => mixed.IsCompleted || calls.HeldOn(frontEnd) > 0, "the front-end that will die serves a stream", Bound);
        await frontEnd.KillAsync();
        frontEndsKilled++;
        await frontEnd.StartAsync();
    }

    private async Task AdoptByCommandAsync(string folder)
    {
        var frontEnd = rig.FrontEnds[0];
        await using var command = ChildProcess.Start("dotnet", [frontEnd.Program, "adopt", folder], frontEnd.Environment);
        if (await command.ExitAsync(Bound) != 0 || !command.StandardOutput.Contains("1 sessions taken in", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The journal in {folder} was not taken in:\n{command.AllOutput}");
        }
    }

    /// <summary>All that is known to have reached an upstream; what may have is there soon after.</summary>
    private async Task UntilShippedAsync(string limitedId, string freeId)
    {
        var reached = new LedgerAudit(calls.Answers, first, second, []).Reached;
        await Eventually.TrueAsync(
            async () => await books.CountAsync(limitedId) >= reached.Count(tag => tag < plan.Calls) && await books.CountAsync(freeId) >= reached.Count(tag => tag >= plan.Calls),
            $"{reached.Count} requests have their records",
            Bound);
    }

    private async Task<LedgerReport> ReportAsync(string limitedId, string freeId, (string ByFolder, string ByCommand) lost, JsonNode subject, TimeSpan took)
    {
        var limited = await books.RecordsAsync(limitedId);
        List<JsonNode> records = [.. limited, .. await books.RecordsAsync(freeId)];
        var audit = new LedgerAudit(calls.Answers, first, second, records);
        var charged = limited.Sum(Cost);
        var settled = subject["windows"]!.AsArray().Single(window => window!["id"]!.GetValue<string>() == "budget/usd/month")!["used"]!.GetValue<decimal>();
        List<string> problems = [.. audit.Run(), .. await SumsAsync(limitedId, freeId, records)];

        // What an interrupted request had reserved was rounded up for each of its tokens.
        if (settled < charged || settled > charged + limited.Count(record => LedgerAudit.Flag(record, "interrupted")) * TaggedCall.MaxTokens * NanoUsd)
        {
            problems.Add($"The records come to {charged} USD, the budget to {settled} USD.");
        }

        return new LedgerReport
        {
            Calls = calls.Answers.Count,
            Reached = audit.Reached.Count,
            Delivered = calls.Answers.Values.Count(answer => answer.IsDelivered),
            Records = records.Count,
            FailedOver = records.Count(record => record["attempts"]!.AsArray().Count > 1),
            Partial = records.Count(record => LedgerAudit.Flag(record, "partial")),
            Interrupted = records.Count(record => LedgerAudit.Flag(record, "interrupted")),
            Estimated = records.Count(record => LedgerAudit.Flag(record, "estimated")),
            FrontEndsKilled = frontEndsKilled,
            SilosKilled = silosKilled,
            DatabaseRestarts = databaseRestarts,
            AdoptedByFolder = records.Count(record => record["node"]!.GetValue<string>() == lost.ByFolder),
            AdoptedByCommand = records.Count(record => record["node"]!.GetValue<string>() == lost.ByCommand),
            Charged = charged,
            Settled = settled,
            Took = took,
            Problems = problems,
        };
    }

    private async Task<List<string>> SumsAsync(string limitedId, string freeId, List<JsonNode> records)
    {
        var totals = new[] { await books.TotalsAsync(limitedId), await books.TotalsAsync(freeId) };
        var problems = new List<string>();
        foreach (var field in (string[])["output_tokens", "cost_usd"])
        {
            var (summed, counted) = (totals.Sum(total => total?[field]?.GetValue<decimal>() ?? 0), records.Sum(record => record[field]!.GetValue<decimal>()));
            if (summed != counted)
            {
                problems.Add($"The sums have {summed} of {field}, the records {counted}.");
            }
        }

        var requests = totals.Sum(total => total?["requests"]?.GetValue<long>() ?? 0);
        if (requests != records.Count)
        {
            problems.Add($"The sums have {requests} requests, there are {records.Count} records.");
        }

        return problems;
    }
}
