namespace Gateway.Api.Authentication.Attempts;

/// <summary>What one address may still fail. Used under its owner's lock.</summary>
internal sealed class AttemptBucket(DateTimeOffset start)
{
    private DateTimeOffset _filledAt = start;

    public double Tokens { get; set; } = FailedAttemptLimiter.Burst;

    /// <summary>Look-ups under way; each may turn out to be a failure, so each holds a token.</summary>
    public int Pending { get; set; }

    /// <summary>Look-ups that may begin when one under way turns out well.</summary>
    public LinkedList<TaskCompletionSource<bool>> Waiting { get; } = new();

    public bool HasFree => Tokens - Pending >= 1;

    /// <summary>Every token was used up by a failure: nothing that is under way can free one.</summary>
    public bool IsSpent => Tokens < 1;

    public bool IsIdle => Pending == 0 && Waiting.Count == 0 && Tokens >= FailedAttemptLimiter.Burst;

    public void Refill(DateTimeOffset now)
    {
        if (now > _filledAt)
        {
            Tokens = Math.Min(FailedAttemptLimiter.Burst, Tokens + ((now - _filledAt) / FailedAttemptLimiter.RefillInterval));
        }

        // Also when the clock was set back: waiting for the old time would lock people out.
        _filledAt = now;
    }
}
