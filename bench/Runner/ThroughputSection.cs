namespace Gateway.Runner;

/// <summary>Interleaved rounds: every candidate once per round, so that a noisy machine is noisy for all of them.</summary>
internal static class ThroughputSection
{
    // Tiered compilation goes on for hundreds of thousands of requests, longest for the program with the most code.
    private const int WarmUpRounds = 8;

    public static async Task<double> RunAsync(Stage stage, string title, string bodyFile, int connections)
    {
        var options = stage.Options;
        Console.WriteLine($"\n{title}: {options.Rounds} rounds of {options.Seconds} s, {connections} connections");
        var results = stage.Candidates.ToDictionary(candidate => candidate.Name, _ => new List<WrkResult>());
        for (var round = 1 - WarmUpRounds; round <= options.Rounds; round++)
        {
            foreach (var candidate in stage.Candidates)
            {
                var result = await Wrk.RunAsync(candidate, stage.KeysFile, bodyFile, connections, options.Seconds);
                if (round > 0)
                {
                    results[candidate.Name].Add(result);
                }
            }

            Console.WriteLine(round <= 0 ? "  warming up" : $"  round {round}: " + string.Join(", ", results.Select(pair => $"{pair.Key} {pair.Value[^1].RequestsPerSecond:0}/s")));
        }

        var bare = results["bare forwarder"];
        Console.WriteLine($"  {"",-16}{"req/s",9}{"ratio",8}{"µs CPU/req",12}{"ratio",8}{"errors",8}");
        foreach (var (name, runs) in results)
        {
            var ratio = runs.Zip(bare, (run, floor) => run.RequestsPerSecond / floor.RequestsPerSecond).Median();
            var cpuRatio = runs.Zip(bare, (run, floor) => run.CpuPerRequest / floor.CpuPerRequest).Median();
            Console.WriteLine($"  {name,-16}{runs.Select(run => run.RequestsPerSecond).Median(),9:0}{ratio,8:0.00}{runs.Select(run => run.CpuPerRequest).Median(),12:0.0}{cpuRatio,8:0.00}{runs.Sum(run => run.Errors),8}");
        }

        Console.WriteLine($"  gateway: {results["gateway"].Select(run => run.CpuAfterwards).Median():0.0} µs CPU/req more once requests have ceased, for usage on its way to the database");
        return results["gateway"].Select(run => run.RequestsPerSecond).Median();
    }
}
