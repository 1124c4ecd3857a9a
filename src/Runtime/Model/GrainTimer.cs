namespace Orleans.Runtime;

/// <summary>A running timer; disposing it stops it and cancels the token of a running callback.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets a new schedule. During a callback it takes effect when the callback ends.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>The schedule of a timer and how its callback shares the activation.</summary>
public readonly record struct GrainTimerCreationOptions
{
    public GrainTimerCreationOptions()
    {
    }

    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Time to the first callback; zero is at once, <see cref="Timeout.InfiniteTimeSpan"/> is never.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of a callback to the next; <see cref="Timeout.InfiniteTimeSpan"/> is a single callback.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether the callback may run while calls await. Default: false.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a callback counts as use of the grain, so that it is not collected. Default: false.</summary>
    public bool KeepAlive { get; init; }
}
