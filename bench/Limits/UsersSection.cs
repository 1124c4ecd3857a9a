using System.Net;

namespace Gateway.Bench.Limits;

/// <summary>Many users with few requests each: every request is one admission at its grain, its claim in the database included.</summary>
internal static class UsersSection
{
    private const int PerMinute = 6;
    private const double MostMilliseconds = 2;

    // One, but for a call that was lost and sent again.
    private const double MostRoundTrips = 1.01;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    // Until seven processes that began together have compiled what they run, which takes all of two cores.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(LimitsStage stage, OfferedLoad load, LimitsOptions options, Bars bars)
    {
        var rate = options.Users * PerMinute / 60.0;
        await load.RunAsync(2 * rate, WarmUpTime, await MixAsync(stage, options, "early"));
        var mix = await MixAsync(stage, options, "user");
        var before = await stage.GrainCallsAsync();
        var answers = await load.RunAsync(2 * rate, Time, mix);
        var after = await stage.GrainCallsAsync();

        var limited = answers.Where(answer => answer.Number % 4 < 2).ToList();
        var free = answers.Where(answer => answer.Number % 4 >= 2).ToList();
        var calls = (after.ByRequests - before.ByRequests) / (double)limited.Count;
        var admission = Percentile(limited, 0.5) - Percentile(free, 0.5);
        Console.WriteLine(
            $"{options.Users:N0} users with {PerMinute} requests a minute each, {rate:0}/s over {options.FrontEnds} front-ends: {limited.Count(answer => answer.Status == HttpStatusCode.OK):N0} of {limited.Count:N0} admitted, "
            + $"{calls:0.00} grain calls per request (1 is promised)");
        Console.WriteLine(
            $"  the gateway's own time: p50 {Percentile(limited, 0.5):0.00} ms, p99 {Percentile(limited, 0.99):0.00} ms; without limits p50 {Percentile(free, 0.5):0.00} ms, p99 {Percentile(free, 0.99):0.00} ms; "
            + $"the admission with its claim: p50 {admission:0.00} ms ({MostMilliseconds} ms are promised)");
        bars.AtMost(MostRoundTrips, calls, "grain calls per request of users with few requests");
        bars.AtMost(MostMilliseconds, admission, "p50 of an admission with its claim in ms");
    }

    /// <summary>Users with limits by turns; every other request is one of a caller without, whose way is the same but for the admission.</summary>
    private static async Task<Func<int, string>> MixAsync(LimitsStage stage, LimitsOptions options, string name)
    {
        var keys = new string[options.Users];
        await Parallel.ForAsync(0, keys.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (user, _) => keys[user] = await stage.CreateKeyAsync($"{name}-{user}"));
        return number => number % 4 < 2 ? keys[((number / 4 * 2) + (number % 4)) % keys.Length] : stage.Rig.AdminKey;
    }

    private static double Percentile(List<Answer> answers, double share)
    {
        var sorted = answers.Select(answer => answer.OverheadMilliseconds).Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];
    }
}
