using System.Diagnostics;
using System.Net;

namespace Gateway.Bench.Limits;

/// <summary>How much of a large limit two windows give when somewhat more is asked for.</summary>
internal static class UsableSection
{
    private const double Demand = 1.15;
    private const double LeastShare = 95;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    // Until the first units are free again, and as long once more.
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(64.5);

    public static async Task RunAsync(LimitsStage stage, OfferedLoad load, LimitsOptions options, Bars bars)
    {
        var key = await stage.CreateKeyAsync(LimitsStage.Heavy);
        var began = Stopwatch.GetTimestamp();
        var admitted = new List<TimeSpan>();
        Console.WriteLine($"{options.Limit:N0} a minute, {Demand} times as much offered over {options.FrontEnds} front-ends");
        foreach (var window in (string[])["first", "second"])
        {
            var before = await stage.GrainCallsAsync();
            var offset = Stopwatch.GetElapsedTime(began);
            var answers = await load.RunAsync(Demand * options.Limit / Minute.TotalSeconds, Span, _ => key);
            var after = await stage.GrainCallsAsync();

            var own = answers.Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => answer.At).ToList();
            var refused = answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests);
            admitted.AddRange(own.Select(at => at + offset));
            var share = Share(own.Count, options.Limit);
            Console.WriteLine(
                $"  {window} {Span.TotalSeconds} s: {answers.Count / answers.Max(answer => answer.At).TotalSeconds:N0}/s reached, {own.Count:N0} admitted ({share:0.0} % of the limit; {LeastShare} % are promised), "
                + $"{refused:N0} refused, {answers.Count - own.Count - refused:N0} others; {(after.ByRequests - before.ByRequests) / (double)answers.Count:0.000} grain calls per request");
            bars.AtLeast(LeastShare, share, $"usable % of the limit in the {window} window");
        }

        Console.WriteLine($"  most in any 60 s: {MostWithin([.. admitted.Order()], Minute):N0}");
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
