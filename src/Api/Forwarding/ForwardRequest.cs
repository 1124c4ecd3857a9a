using Gateway.Api.Admission.Answers;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Api.Usage.Accounting;

namespace Gateway.Api.Forwarding;

/// <summary>One admitted request on its way to an upstream.</summary>
public sealed class ForwardRequest
{
    private readonly TimeProvider _time;
    private long _waitingSince;
    private bool _waiting;
    private TimeSpan _waited;
    private string? _upstreamRequestId;
    private RequestBody? _body;

    public ForwardRequest(HttpContext context, Caller caller, Operation operation, RequestBody body, PeekedRequest peeked, UsableRoute route, TimeProvider time, long startedAt)
    {
        Context = context;
        Caller = caller;
        Operation = operation;
        _body = body;
        BodyLength = body.Length;
        Peeked = peeked;
        Route = route;
        _time = time;
        StartedAt = startedAt;
    }

    public HttpContext Context { get; }

    public Caller Caller { get; }

    public Operation Operation { get; }

    public PeekedRequest Peeked { get; }

    public UsableRoute Route { get; }

    /// <summary>Of all that are charged for it.</summary>
    public CallerLimits Limits { get; init; } = CallerLimits.None;

    /// <summary>Whom the caller made it for; null: it said nobody, or may not.</summary>
    public string? EndUser { get; init; }

    /// <summary>Null: not admitted yet.</summary>
    internal RequestAccount? Account { get; set; }

    /// <summary>Bytes, also after the body was let go of.</summary>
    public int BodyLength { get; }

    /// <summary>Timestamp of the request's arrival.</summary>
    public long StartedAt { get; }

    /// <summary>JSON text of the model that the path names; null: the body names it.</summary>
    public byte[]? PathModelJson { get; init; }

    public string Id => Context.TraceIdentifier;

    public int Attempts { get; private set; }

    /// <summary>Timestamp of the first attempt: an entry's <c>total</c> counts from it, so that uploads and queues take nothing of it.</summary>
    public long FirstAttemptAt { get; private set; }

    /// <summary>Needed until the first byte of an answer is on its way to the caller.</summary>
    public RequestBody Body => _body ?? throw new InvalidOperationException("The body was let go of: no further attempt is possible.");

    public void ReleaseBody() => Interlocked.Exchange(ref _body, null)?.Release();

    /// <summary>Counts an attempt; from here on the time is the upstream's.</summary>
    public void BeginWaiting()
    {
        _waitingSince = _time.GetTimestamp();
        FirstAttemptAt = Attempts++ == 0 ? _waitingSince : FirstAttemptAt;
        _waiting = true;
    }

    /// <summary>The upstream answered or failed: the time is the gateway's again. Idempotent.</summary>
    public void EndWaiting()
    {
        if (_waiting)
        {
            _waiting = false;
            _waited += _time.GetElapsedTime(_waitingSince);
        }
    }

    /// <summary>Notes whose answer the caller gets.</summary>
    /// <param name="upstreamRequestId">Null: nobody's, or one without an id.</param>
    internal void AnsweredBy(string? upstreamRequestId) => _upstreamRequestId = upstreamRequestId;

    /// <summary>The headers that every answer to a routed request has, refusals included.</summary>
    public void WriteHeaders()
    {
        var headers = Context.Response.Headers;
        var elapsed = _time.GetElapsedTime(StartedAt);
        var waited = _waiting ? _waited + _time.GetElapsedTime(_waitingSince) : _waited;
        headers[GatewayHeaders.Attempts] = HeaderNumbers.OfCount(Attempts);
        headers[GatewayHeaders.OverheadMs] = HeaderNumbers.OfFineMilliseconds(elapsed - waited);
        headers[GatewayHeaders.Model] = RequestIds.IsToken(Route.Model, int.MaxValue) ? Route.Model : Uri.EscapeDataString(Route.Model);
        headers[GatewayHeaders.ProcessingMs] = HeaderNumbers.OfMilliseconds(elapsed);
        RateLimitHeaders.Write(headers, Limits);
        if (_upstreamRequestId is { } id)
        {
            headers[GatewayHeaders.UpstreamRequestId] = id;
        }
    }
}
