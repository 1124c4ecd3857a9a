using Gateway.Fuzz.Cases;

namespace Gateway.Fuzz.Oracles;

/// <summary>What became of a case while it ran.</summary>
internal sealed class CaseWatch(FuzzCase subject)
{
    private readonly Lock gate = new();
    private int arrivals;
    private string? problem;

    public FuzzCase Case => subject;

    public int Arrivals => Volatile.Read(ref arrivals);

    /// <summary>The first thing that was wrong with what reached an upstream; null: nothing.</summary>
    public string? Problem => Volatile.Read(ref problem);

    /// <summary>The gateway asked the upstream for usage, unlike its caller.</summary>
    public bool AskedForUsage { get; private set; }

    /// <returns>Number of the attempt, counted from 1.</returns>
    public int Arrived(string? wrong, bool askedForUsage)
    {
        lock (gate)
        {
            arrivals++;
            problem ??= wrong;
            AskedForUsage = askedForUsage;
            return arrivals;
        }
    }
}
