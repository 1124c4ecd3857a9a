using System.Diagnostics;
using System.Globalization;

namespace Gateway.GrainCalls;

/// <summary>Calls from a number of callers, each waiting for its answer, for a while.</summary>
internal static class Measurement
{
    public static async Task<string> RunAsync(string name, Process[] processes, int callers, TimeSpan time, Func<int, Task> call)
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        var cpu = CpuTime(processes);
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = new List<double>();
            while (clock.GetElapsedTime(started) < time)
            {
                var before = clock.GetTimestamp();
                await call(caller);
                mine.Add(clock.GetElapsedTime(before).TotalMilliseconds);
            }

            return mine;
        })));
        var elapsed = clock.GetElapsedTime(started).TotalSeconds;
        var all = latencies.SelectMany(mine => mine).Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-34} {all.Count / elapsed,9:N0} calls/s   p50 {all[all.Count / 2],6:0.000} ms   p99 {all[(int)(all.Count * 0.99)],6:0.000} ms   CPU of both {(CpuTime(processes) - cpu).TotalMicroseconds / all.Count,5:0} µs");
    }

    private static TimeSpan CpuTime(Process[] processes)
    {
        Array.ForEach(processes, process => process.Refresh());
        return processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.TotalProcessorTime);
    }
}
