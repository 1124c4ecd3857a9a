namespace Gateway.Runner;

/// <summary>Time to the first byte of the body while all candidates get the same rate, about half of what the gateway can do.</summary>
internal static class LatencySection
{
    public static async Task RunAsync(Stage stage, string title, string bodyFile, double rate)
    {
        var options = stage.Options;
        Console.WriteLine($"\n{title}: {options.Rounds} rounds of {options.Seconds} s at {rate:0}/s");
        using var load = new FixedRateLoad(await File.ReadAllLinesAsync(stage.KeysFile), await File.ReadAllBytesAsync(bodyFile));
        var results = stage.Candidates.ToDictionary(candidate => candidate.Name, _ => new List<(double Half, double Tail)>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var candidate in stage.Candidates)
            {
                var latencies = await load.RunAsync(candidate.Origin, rate, options.Seconds);
                if (round > 0)
                {
                    results[candidate.Name].Add((latencies.Median(), latencies.Percentile(0.99)));
                }
            }
        }

        var bare = results["bare forwarder"];
        Console.WriteLine($"  {"",-16}{"p50 ms",9}{"ratio",8}{"p99 ms",9}{"ratio",8}");
        foreach (var (name, runs) in results)
        {
            var halves = runs.Zip(bare, (run, floor) => run.Half / floor.Half).Median();
            var tails = runs.Zip(bare, (run, floor) => run.Tail / floor.Tail).Median();
            Console.WriteLine($"  {name,-16}{runs.Select(run => run.Half).Median(),9:0.00}{halves,8:0.00}{runs.Select(run => run.Tail).Median(),9:0.00}{tails,8:0.00}");
        }
    }
}
