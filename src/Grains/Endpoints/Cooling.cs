using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>Keeps an endpoint unused for a time that it asked for. Of several such times the latest counts.</summary>
internal sealed class Cooling
{
    private TimeSpan _length;

    public DateTimeOffset? Until { get; private set; }

    public UpstreamFailure Cause { get; private set; }

    public void Extend(DateTimeOffset now, TimeSpan length, UpstreamFailure cause)
    {
        if (Until is null || now + length > Until)
        {
            Until = now + length;
            _length = length;
            Cause = cause;
        }
    }

    public void Expire(DateTimeOffset now)
    {
        // More than all of it is left: the clock was set back.
        if (now >= Until || Until - now > _length)
        {
            Clear();
        }
    }

    public void Clear()
    {
        Until = null;
        Cause = UpstreamFailure.None;
    }
}
