namespace Gateway.Api.Logging;

/// <summary>Bounds the lines a second, so that a flood of bad requests does not become a flood of log.</summary>
internal sealed class LogBudget(int linesPerSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _second = long.MinValue;
    private int _used;
    private long _suppressed;

    /// <param name="suppressed">Lines left out since the last one that was allowed.</param>
    public bool TryTake(out long suppressed)
    {
        var now = time.GetTimestamp() / time.TimestampFrequency;
        lock (_gate)
        {
            if (now != _second)
            {
                _second = now;
                _used = 0;
            }

            if (_used == linesPerSecond)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }

            _used++;
            suppressed = _suppressed;
            _suppressed = 0;
            return true;
        }
    }
}
