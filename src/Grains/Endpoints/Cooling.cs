using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>Keeps an endpoint unused for a time that it asked for. Of several such times the latest counts.</summary>
internal sealed class Cooling
{
    public DateTimeOffset? Until { get; private set; }

    public UpstreamFailure Cause { get; private set; }

    public void Extend(DateTimeOffset until, UpstreamFailure cause)
    {
        if (Until is null || until > Until)
        {
            Until = until;
            Cause = cause;
        }
    }

    public void Expire(DateTimeOffset now)
    {
        if (now >= Until)
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
