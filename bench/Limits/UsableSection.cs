using System.Net;

namespace Gateway.Bench.Limits;

/// <summary>How much of a large limit two windows give when somewhat more is asked for.</summary>
internal static class UsableSection
{
    private const double Demand = 1.15;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(129);

    public static async Task RunAsync(LimitsStage stage, OfferedLoad load, LimitsOptions options)
    {
        var key = await stage.CreateKeyAsync(LimitsStage.Heavy);
        var before = await stage.GrainCallsAsync();
        var answers = await load.RunAsync(Demand * options.Limit / Minute.TotalSeconds, Time, _ => key);
        var after = await stage.GrainCallsAsync();

        var admitted = answers.Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => answer.At).Order().ToArray();
        var refused = answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests);
        Console.WriteLine(
            $"{options.Limit:N0} a minute, {Demand} times as much offered for {Time.TotalSeconds:0} s over {options.FrontEnds} front-ends ({answers.Count / answers.Max(answer => answer.At).TotalSeconds:N0}/s reached): "
            + $"{admitted.Length:N0} admitted, {refused:N0} refused, {answers.Count - admitted.Length - refused:N0} others");
        Console.WriteLine(
            $"  first minute: {Share(admitted.Count(at => at < Minute), options.Limit):0.0} % of the limit (95 % are promised); most in any 60 s: {MostWithin(admitted, Minute):N0}; "
            + $"over all of it {Share(admitted.Length, options.Limit * Time.TotalMinutes):0.0} % (a unit is free again 64.5 s after its second began)");
        Console.WriteLine(
            $"  {(after.ByRequests - before.ByRequests) / (double)answers.Count:0.000} grain calls per request, {(after.Background - before.Background) / Time.TotalSeconds / options.FrontEnds:0.0}/s in the background of each node");
    }

    private static double Share(double part, double whole) => 100 * part / whole;

    private static int MostWithin(TimeSpan[] times, TimeSpan stretch)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Length; last++)
        {
            while (times[last] - times[first] >= stretch)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
