using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

/// <summary>
/// One caller's burst with a fault in its middle, which goes on slowly until the end of the minute. So few calls are made before and
/// while the fault happens that there is always something left to be admitted afterwards.
/// </summary>
public sealed class InterruptedBurst : IAsyncDisposable
{
    public const int Limit = 60;
    public const int Calls = 600;

    private const int Before = 30;
    private const int During = 15;

    /// <summary>So many have reached the upstream when the fault begins.</summary>
    private const int FaultAfter = 15;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AdmissionBound = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stopping = new();
    private readonly LimitedCaller caller;
    private readonly Burst burst;
    private TimeSpan faultBegan;
    private TimeSpan faultEnded;
    private Task trickle = Task.CompletedTask;

    private InterruptedBurst(LimitedCaller caller) => (this.caller, burst) = (caller, caller.Burst());

    public UpstreamMeter Meter => caller.Meter;

    public int ArrivedBefore => Meter.ArrivedBetween(TimeSpan.Zero, faultBegan);

    public int ArrivedAfter => Meter.ArrivedBetween(faultEnded, TimeSpan.MaxValue);

    /// <summary>Of the calls that had been begun when the fault was over.</summary>
    public IReadOnlyList<CallAnswer> AnswersBefore { get; private set; } = [];

    /// <summary>Of the calls that were begun after it.</summary>
    public IReadOnlyList<CallAnswer> AnswersAfter { get; private set; } = [];

    public static async Task<InterruptedBurst> RunAsync(SharedCluster shared, LimitFault fault)
    {
        var run = new InterruptedBurst(await LimitedCaller.CreateAsync(shared, new JsonObject { ["requests_per_minute"] = Limit }));
        var warm = await run.SendAsync(shared.FrontEnds.Length);
        var act = await fault.PrepareAsync(shared, run.caller);

        var before = run.SendAsync(Before);
        await run.Meter.UntilArrivedAsync(FaultAfter).WaitAsync(AdmissionBound);
        run.faultBegan = run.Meter.Now;
        var during = run.SendAsync(During);
        await act();
        run.faultEnded = run.Meter.Now;
        run.AnswersAfter = await run.SendAsync(Calls - warm.Length - Before - During);

        run.AnswersBefore = [.. warm, .. await before, .. await during];
        run.trickle = run.TrickleAsync();
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await trickle;
        burst.Dispose();
        await caller.DisposeAsync();
        stopping.Dispose();
    }

    private Task<CallAnswer[]> SendAsync(int calls) => burst.SendAsync(calls, caller.Model);

    private async Task TrickleAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await SendAsync(1);
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
