using Gateway.Testing.Clusters.Faults;

namespace Gateway.CrashRun;

/// <summary>What all runs came to.</summary>
internal sealed class CrashSummary
{
    private readonly List<FaultRun> runs = [];

    public int Unexplained => runs.Sum(run => run.Unexplained.Length);

    public void Add(FaultRun run)
    {
        runs.Add(run);
        Console.WriteLine($"  {run.Report}");
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"{"fault",-52}{"runs",6}{"calls",9}{"failed",8}{"unexplained",13}{"longest wait",14}");
        foreach (var group in runs.GroupBy(run => run.Fault.Name))
        {
            Console.WriteLine(
                $"{group.Key,-52}{group.Count(),6}{group.Sum(run => run.Report.Calls),9}{group.Sum(run => run.Report.Failed.Length),8}"
                + $"{group.Sum(run => run.Unexplained.Length),13}{group.Max(run => run.Report.LongestWait).TotalMilliseconds,11:0} ms");
        }

        Console.WriteLine();
        Console.WriteLine($"{runs.Sum(run => run.Report.Calls)} calls, {Unexplained} failed without a stated reason");
    }
}
