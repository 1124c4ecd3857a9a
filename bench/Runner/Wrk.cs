using System.Globalization;

namespace Gateway.Runner;

/// <summary>One run of wrk.</summary>
/// <param name="CpuPerRequest">In microseconds, while the requests ran.</param>
/// <param name="CpuAfterwards">In microseconds per request, until the process was idle again: usage on its way to the database.</param>
internal sealed record WrkResult(double RequestsPerSecond, long Requests, long Errors, double CpuPerRequest, double CpuAfterwards);

internal static class Wrk
{
    private static readonly string Script = Path.Combine(RepositoryRoot.Path, "bench", "wrk", "chat.lua");

    public static async Task<WrkResult> RunAsync(Candidate candidate, string keysFile, string bodyFile, int connections, int seconds)
    {
        var before = ProcessFigures.CpuMicroseconds(candidate.ProcessId);
        await using var wrk = ChildProcess.Start(
            ExternalTool.Require("wrk"),
            ["-t", "1", "-c", $"{connections}", "-d", $"{seconds}s", "-s", Script, candidate.Origin, "--", keysFile, bodyFile]);
        await wrk.ExitAsync(TimeSpan.FromSeconds(seconds + 30));
        var spent = ProcessFigures.CpuMicroseconds(candidate.ProcessId) - before;
        var afterwards = await ProcessFigures.UntilIdleAsync(candidate.ProcessId);
        var line = wrk.StandardOutput.Split('\n').FirstOrDefault(text => text.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("wrk gave no result:\n" + wrk.AllOutput);
        var figures = line.Split(' ').Skip(1).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return new WrkResult(figures[0] / (figures[1] / 1e6), figures[0], figures[2], spent / Math.Max(1, figures[0]), afterwards / Math.Max(1, figures[0]));
    }
}
