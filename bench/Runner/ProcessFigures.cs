using System.Globalization;

namespace Gateway.Runner;

/// <summary>What the kernel knows of a process and its children.</summary>
internal static class ProcessFigures
{
    private const int MostLooks = 60;
    private const double IdleShare = 0.05;
    private const double MicrosecondsPerTick = 1_000_000 / 100.0;

    // Longer than usage waits for the next batch once requests have ceased.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2.5);

    /// <summary>User and system time so far.</summary>
    public static double CpuMicroseconds(int processId) => Family(processId).Sum(id =>
    {
        // The command name, in parentheses, may hold spaces: fields are counted after it. utime and stime are fields 14 and 15.
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * MicrosecondsPerTick;
    });

    /// <summary>Waits until the process has nothing left to do, so that it takes nothing from whoever is measured next.</summary>
    /// <returns>Microseconds of processor time that it took for that.</returns>
    public static async Task<double> UntilIdleAsync(int processId)
    {
        var begin = CpuMicroseconds(processId);
        for (var look = 0; look < MostLooks; look++)
        {
            var before = CpuMicroseconds(processId);
            await Task.Delay(LookEvery, TimeProvider.System);
            if (CpuMicroseconds(processId) - before <= IdleShare * LookEvery.TotalMicroseconds)
            {
                break;
            }
        }

        return CpuMicroseconds(processId) - begin;
    }

    public static double ResidentMegabytes(int processId) => Family(processId).Sum(id =>
    {
        var line = File.ReadLines($"/proc/{id}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    });

    private static IEnumerable<int> Family(int processId)
    {
        var children = File.ReadAllText($"/proc/{processId}/task/{processId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return children.Select(child => int.Parse(child, CultureInfo.InvariantCulture)).Prepend(processId);
    }
}
