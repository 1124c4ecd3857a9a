using System.Diagnostics;
using System.Globalization;

namespace Gateway.Fuzz.Run;

/// <summary>The gateway's working set: what it was after warming up, and whether it went on growing.</summary>
/// <remarks>
/// Garbage collection lets it breathe; a leak rises however long the run is. So the highest of the last fifth of the run is compared
/// with the highest of the second fifth.
/// </remarks>
/// <param name="read">Bytes at that progress of the run.</param>
internal sealed class MemoryWatch(Func<double, long> read)
{
    private const double Tolerance = 1.25;
    private const long Slack = 96L << 20;

    private readonly List<(double Progress, long Bytes)> samples = [];

    /// <param name="progress">Of the run, 0 to 1.</param>
    public long Sample(double progress)
    {
        var bytes = read(progress);
        samples.Add((progress, bytes));
        return bytes;
    }

    public static MemoryWatch Of(int processId) => new(_ =>
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    });

    /// <summary>Null: it does not grow.</summary>
    public string? Problem => Highest(0.2, 0.4) is var early && Highest(0.8, 1.0) is var late && early > 0 && late > (early * Tolerance) + Slack
        ? $"The gateway's memory grew from {Megabytes(early)} to {Megabytes(late)}."
        : null;

    public override string ToString() =>
        $"gateway's working set: {Megabytes(Highest(0.2, 0.4))} in the second fifth, {Megabytes(Highest(0.8, 1.0))} in the last";

    public static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");

    private long Highest(double from, double to) => samples.Where(sample => sample.Progress >= from && sample.Progress <= to).Select(sample => sample.Bytes).DefaultIfEmpty().Max();
}
