namespace Gateway.Api.Routing.Retries;

/// <summary>Keeps retries a small share of the node's traffic, so that a failing provider is not hit harder for failing.</summary>
public sealed class RetryBudget
{
    /// <summary>Retries per request of the last <see cref="ShareWindow"/> seconds.</summary>
    public const double Share = 0.1;

    public const int ShareWindow = 60;

    /// <summary>Retries that are always allowed in <see cref="FloorWindow"/> seconds, so that a quiet node fails over too.</summary>
    public const int Floor = 20;

    public const int FloorWindow = 10;

    private readonly Lock gate = new();
    private readonly SlidingCounter requests;
    private readonly SlidingCounter retries;
    private long unused;

    public RetryBudget(TimeProvider time)
    {
        requests = new SlidingCounter(ShareWindow, ProcessorStripes.Count, time);
        retries = new SlidingCounter(ShareWindow, 1, time);
    }

    public void CountRequest() => requests.Add();

    /// <summary>True: one more retry is within the budget, and is now counted.</summary>
    public bool TryTakeRetry()
    {
        // Only failing requests come here; the lock makes check and count one step.
        lock (gate)
        {
            var recent = retries.Sum(FloorWindow);
            unused = Math.Min(unused, recent);
            if (unused > 0)
            {
                unused--;
                return true;
            }

            if (recent >= Floor && retries.Sum(ShareWindow) + 1 > Share * requests.Sum(ShareWindow))
            {
                return false;
            }

            retries.Add();
            return true;
        }
    }

    /// <summary>The retry that was taken is not made: it is the next one's, as long as it is counted at all.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            unused++;
        }
    }
}
