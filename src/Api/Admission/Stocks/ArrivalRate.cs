using System.Runtime.InteropServices;

namespace Gateway.Api.Admission.Stocks;

/// <summary>How many requests came in the last second or so. Guarded by its stock.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ArrivalRate
{
    private long _secondBegan;
    private int _current;
    private int _previous;

    public void Note(long now, long ticksPerSecond)
    {
        Roll(now, ticksPerSecond);
        _current++;
    }

    /// <summary>Requests a second.</summary>
    public int PerSecond(long now, long ticksPerSecond)
    {
        Roll(now, ticksPerSecond);
        return Math.Max(_current, _previous);
    }

    private void Roll(long now, long ticksPerSecond)
    {
        var elapsed = now - _secondBegan;
        if (elapsed >= ticksPerSecond)
        {
            (_previous, _current) = (elapsed < 2 * ticksPerSecond ? _current : 0, 0);
            _secondBegan = now;
        }
    }
}
