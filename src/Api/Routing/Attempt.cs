using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing;

/// <summary>One attempt at one entry.</summary>
public struct Attempt
{
    private readonly TimeProvider time;
    private readonly UpstreamTarget? target;
    private readonly long? probeId;
    private readonly long startedAt;
    private EndpointState? endpoint;
    private bool answered;

    internal Attempt(EndpointState endpoint, TimeProvider time, long? probeId, UpstreamTarget? target)
    {
        this.endpoint = endpoint;
        this.time = time;
        this.probeId = probeId;
        this.target = target;
        startedAt = time.GetTimestamp();
    }

    /// <summary>The first byte of an answer came: feeds the time-to-first-byte estimate.</summary>
    /// <remarks>Not for a failure's answer: an endpoint that fails fast is not a fast endpoint.</remarks>
    public void FirstByte()
    {
        if (endpoint is not null && !answered)
        {
            answered = true;
            endpoint.ObserveFirstByte(time.GetElapsedTime(startedAt));
        }
    }

    /// <summary>Idempotent. <paramref name="failure"/> None: a success. For a 4xx that is the caller's own: <see cref="EndRejected"/>.</summary>
    public void End(UpstreamFailure failure, TimeSpan? retryAfter = null)
    {
        var ending = endpoint;
        endpoint = null;
        ending?.End(probeId, target, failure, retryAfter);
    }

    /// <summary>Instead of <see cref="End"/>: the endpoint found the request at fault. It counts neither as a success nor as a failure.</summary>
    public void EndRejected()
    {
        var ending = endpoint;
        endpoint = null;
        ending?.EndRejected(probeId);
    }

    /// <summary>Instead of <see cref="End"/>: the connection was reset while a large body was on its way.</summary>
    public void EndResetInBody()
    {
        var ending = endpoint;
        endpoint = null;
        ending?.EndResetInBody(probeId, target);
    }

    /// <summary>Instead of <see cref="End"/>: a 403, which is about the key or about what was asked.</summary>
    public void EndForbidden()
    {
        var ending = endpoint;
        endpoint = null;
        ending?.EndForbidden(probeId, target);
    }

    /// <summary>Instead of <see cref="End"/>: what ended it says nothing about the endpoint, not even that it is alive.</summary>
    public void EndExcused()
    {
        var ending = endpoint;
        endpoint = null;
        ending?.EndExcused(probeId);
    }
}
