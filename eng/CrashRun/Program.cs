using System.Diagnostics;
using System.Text.Json.Nodes;
using Gateway.CrashRun;
using Gateway.Testing.Clusters;
using Gateway.Testing.Clusters.Faults;
using Gateway.Testing.Clusters.Load;
using Gateway.Testing.Processes;
using Gateway.Testing.Upstreams;

const string model = "echo";
var options = CrashOptions.Parse(args, out var problem);
if (options is null)
{
    await Console.Error.WriteLineAsync("error: " + problem);
    return 2;
}

if (options.Ledger is { } calls)
{
    return await LedgerMode.RunAsync(calls);
}

var faults = ClusterFaults.All.Where(fault => options.Only is null || fault.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)).ToList();
if (options.Previous is not null)
{
    faults.Insert(0, ClusterFaults.Upgrade(options.Previous));
}

if (faults.Count == 0)
{
    await Console.Error.WriteLineAsync($"error: no fault's name holds '{options.Only}'. There are: {string.Join("; ", ClusterFaults.All.Select(fault => fault.Name))}.");
    return 2;
}

await using var upstream = ScriptedUpstream.Start();
Console.WriteLine("Starting Redis, PostgreSQL, 3 silos, 2 front-ends and nginx …");
await using var rig = await ClusterRig.StartAsync(new ClusterSetup
{
    WithNginx = true,
    Environment = { ["METIS_API_TOKENS"] = """{"local":"sk-local-0123456789abcdef"}""" },
    Manifest = new JsonObject { [model] = ManifestEntries.Live(upstream.Url, "local", model) }.ToJsonString(),
});
var random = new Random(options.Seed);
var summary = new CrashSummary();
var began = Stopwatch.GetTimestamp();
var number = 0;
do
{
    // Every fault once before any comes again, in another order each time.
    foreach (var fault in faults.OrderBy(_ => random.Next()).ToList())
    {
        Console.WriteLine($"{Stopwatch.GetElapsedTime(began):hh\\:mm\\:ss}  {fault.Name}");
        summary.Add(await FaultRun.RunAsync(rig, fault, new LoadPlan { Model = model, Rate = options.Rate, Seed = options.Seed + number++ }));
        upstream.ClearRequests();
        await rig.UntilReadyAsync();
        if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(options.Minutes))
        {
            break;
        }
    }
}
while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(options.Minutes));

summary.Print();
return summary.Unexplained == 0 ? 0 : 1;
