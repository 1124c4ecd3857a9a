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
    private int reserved;

    public RetryBudget(TimeProvider time)
    {
        requests = new SlidingCounter(ShareWindow, ProcessorStripes.Count, time);
        retries = new SlidingCounter(ShareWindow, 1, time);
    }

    public void CountRequest() => requests.Add();

    /// <summary>True: one more retry is within the budget, and is held for the caller, who then calls <see cref="Count"/> or <see cref="GiveBack"/> once.</summary>
    public bool TryReserve()
    {
        // Only failing requests come here; the lock makes check and reservation one step.
        lock (gate)
        {
            if (retries.Sum(FloorWindow) + reserved >= Floor && retries.Sum(ShareWindow) + reserved + 1 > Share * requests.Sum(ShareWindow))
            {
                return false;
            }

            reserved++;
            return true;
        }
    }

    /// <summary>The retry is made.</summary>
    public void Count()
    {
        lock (gate)
        {
            reserved--;
            retries.Add();
        }
    }

    /// <summary>The retry is not made after all.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            reserved--;
        }
    }
}
