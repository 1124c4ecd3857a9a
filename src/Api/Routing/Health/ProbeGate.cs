using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing.Health;

/// <summary>Lets this node have one question for a probe, and one probe, under way at an entry.</summary>
public sealed class ProbeGate(TimeProvider time)
{
    /// <summary>How long one request waits for the cluster's permission.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Pause after a refusal or an unreachable owner, so that not every request asks.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private ProbePermit? late;
    private long closedUntil;
    private int asking;

    public bool IsOpen => Volatile.Read(ref asking) == 0 && !IsToCome(new DateTimeOffset(Volatile.Read(ref closedUntil), TimeSpan.Zero));

    /// <summary>Null: not due after all, somebody else has it, or no answer within <see cref="Patience"/>.</summary>
    public async ValueTask<ProbePermit?> TryBeginAsync(IEndpointGrain owner, string nodeId, string requestId, CancellationToken cancellationToken)
    {
        if (!IsOpen || Interlocked.Exchange(ref asking, 1) != 0)
        {
            return null;
        }

        if (Interlocked.Exchange(ref late, null) is { } kept && IsToCome(kept.ValidUntil))
        {
            return Finish(kept);
        }

        Task<ProbePermit?> question;
        try
        {
            question = owner.TryBeginProbe(nodeId, requestId);
        }
        catch (Exception)
        {
            return Finish(null);
        }

        try
        {
            return Finish(await question.WaitAsync(Patience, time, cancellationToken));
        }
        catch (Exception exception)
        {
            KeepWhenItComes(question);
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>The probe ended; another may be asked for.</summary>
    public void Settle() => Volatile.Write(ref closedUntil, 0);

    private bool IsToCome(DateTimeOffset until) => HealthPolicy.IsToCome(until, time.GetUtcNow(), HealthPolicy.ProbePermit);

    private ProbePermit? Finish(ProbePermit? permit)
    {
        var until = permit?.ValidUntil ?? time.GetUtcNow() + Pause;
        Volatile.Write(ref closedUntil, until.UtcTicks);
        Volatile.Write(ref asking, 0);
        return permit;
    }

    /// <summary>A permit that comes too late for the request that asked serves the next one.</summary>
    private void KeepWhenItComes(Task<ProbePermit?> question) =>
        _ = question.ContinueWith(
            ended =>
            {
                if (ended is { IsCompletedSuccessfully: true, Result: { } permit })
                {
                    Volatile.Write(ref late, permit);
                    Volatile.Write(ref closedUntil, 0);
                }
                else
                {
                    _ = ended.Exception;
                    Volatile.Write(ref closedUntil, (time.GetUtcNow() + Pause).UtcTicks);
                }

                Volatile.Write(ref asking, 0);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
