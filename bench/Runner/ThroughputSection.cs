namespace Gateway.Runner;

/// <summary>Interleaved rounds: every candidate once per round, so that a noisy machine is noisy for all of them.</summary>
internal static class ThroughputSection
{
    public static async Task<double> RunAsync(Stage stage, string title, string bodyFile, int connections)
    {
        var options = stage.Options;
        Console.WriteLine($"\n{title}: {options.Rounds} rounds of {options.Seconds} s, {connections} connections");
        foreach (var candidate in stage.Candidates)
        {
            await Wrk.RunAsync(candidate, stage.KeysFile, bodyFile, connections, options.Seconds);
        }

        var results = stage.Candidates.ToDictionary(candidate => candidate.Name, _ => new List<WrkResult>());
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var candidate in stage.Candidates)
            {
                results[candidate.Name].Add(await Wrk.RunAsync(candidate, stage.KeysFile, bodyFile, connections, options.Seconds));
            }

            Console.WriteLine($"  round {round}: " + string.Join(", ", results.Select(pair => $"{pair.Key} {pair.Value[^1].RequestsPerSecond:0}/s")));
        }

        var bare = results["bare forwarder"];
        Console.WriteLine($"  {"",-16}{"req/s",9}{"ratio",8}{"µs CPU/req",12}{"ratio",8}{"errors",8}");
        foreach (var (name, runs) in results)
        {
            var ratio = runs.Zip(bare, (run, floor) => run.RequestsPerSecond / floor.RequestsPerSecond).Median();
            var cpuRatio = runs.Zip(bare, (run, floor) => run.CpuPerRequest / floor.CpuPerRequest).Median();
            Console.WriteLine($"  {name,-16}{runs.Select(run => run.RequestsPerSecond).Median(),9:0}{ratio,8:0.00}{runs.Select(run => run.CpuPerRequest).Median(),12:0.0}{cpuRatio,8:0.00}{runs.Sum(run => run.Errors),8}");
        }

        return results["gateway"].Select(run => run.RequestsPerSecond).Median();
    }
}
