namespace Gateway.Bench.Limits;

/// <summary>Grain calls of a subject with a large limit and 20 requests a second on each front-end.</summary>
internal static class SteadySection
{
    private const int PerNode = 20;
    private const double MostCalls = 0.05;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(LimitsStage stage, OfferedLoad load, LimitsOptions options, Bars bars)
    {
        var key = await stage.CreateKeyAsync(LimitsStage.Heavy);
        await load.RunAsync(PerNode * options.FrontEnds, TimeSpan.FromSeconds(2), _ => key);
        var before = await stage.GrainCallsAsync();
        var answers = await load.RunAsync(PerNode * options.FrontEnds, Time, _ => key);
        var after = await stage.GrainCallsAsync();
        var calls = (after.ByRequests - before.ByRequests) / (double)answers.Count;
        Console.WriteLine(
            $"{options.Limit:N0} a minute, {PerNode} requests/s on each of {options.FrontEnds} front-ends: {calls:0.000} grain calls per request ({MostCalls} is promised), "
            + $"{(after.Background - before.Background) / (Time.TotalSeconds + 2) / options.FrontEnds:0.0}/s in the background of each node");
        bars.AtMost(MostCalls, calls, "grain calls per request of a large limit");
    }
}
