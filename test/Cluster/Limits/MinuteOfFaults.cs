using System.Diagnostics;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

/// <summary>
/// What happened in little more than a minute: a caller used up its limit and called again after the wait that it was told; meanwhile each
/// fault happened amid another caller's burst, and those callers went on until the first of them was let in again.
/// </summary>
public sealed class MinuteOfFaults(SharedCluster shared) : IAsyncLifetime
{
    private const int Overbooked = 100;

    /// <summary>Promised: 64.5 s after the slot of the first unit began.</summary>
    private static readonly TimeSpan OpensAgain = TimeSpan.FromSeconds(100);

    private readonly Dictionary<LimitFault, InterruptedBurst> runs = [];

    public IReadOnlyDictionary<LimitFault, InterruptedBurst> Runs => runs;

    /// <summary>The one whose window opened again before all was over.</summary>
    public InterruptedBurst First => runs[LimitFault.All[0]];

    /// <summary>Of the call that was made after the wait.</summary>
    public CallAnswer AfterWait { get; private set; } = null!;

    /// <summary>What the upstream of the caller who waited saw.</summary>
    public UpstreamMeter Waiting { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await shared.HealAsync();
        await using var waiting = await LimitedCaller.CreateAsync(shared, new JsonObject { ["requests_per_minute"] = InterruptedBurst.Limit });
        Waiting = waiting.Meter;
        using var burst = waiting.Burst();
        await burst.SendAsync(Overbooked, waiting.Model);
        var refused = await burst.SendAsync(Callers.ChatBody(waiting.Model));
        var refusedAt = Stopwatch.GetTimestamp();

        foreach (var fault in LimitFault.All)
        {
            runs[fault] = await InterruptedBurst.RunAsync(shared, fault);
            await shared.HealAsync();
        }

        var left = (refused.RetryAfter ?? throw new InvalidOperationException($"{refused}")) - Stopwatch.GetElapsedTime(refusedAt);
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
        AfterWait = await burst.SendAsync(Callers.ChatBody(waiting.Model));
        await burst.SendAsync(Overbooked, waiting.Model);
        await First.Meter.UntilArrivedAsync(InterruptedBurst.Limit + 1).WaitAsync(OpensAgain);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in runs.Values)
        {
            await run.DisposeAsync();
        }
    }
}
