using System.Net;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints.Probes;

internal enum ProbeWord
{
    /// <summary>It says nothing: it was given up, or the endpoint asks for time.</summary>
    Nothing,
    Alive,
    Failed,
}

/// <summary>What an active probe met.</summary>
internal sealed record ProbeAnswer(ProbeWord Word, UpstreamFailure Failure, int? Status)
{
    public static readonly ProbeAnswer None = new(ProbeWord.Nothing, UpstreamFailure.None, null);

    public static readonly ProbeAnswer Connected = new(ProbeWord.Alive, UpstreamFailure.None, null);

    public static ProbeAnswer Of(UpstreamFailure failure) => new(ProbeWord.Failed, failure, null);

    /// <summary>
    /// Whoever answers is alive, also with a refused key, a rate limit, an unknown route or a redirect: requests learn of these by
    /// themselves, and none is a reason to break the circuit. What would break it for a request does so here.
    /// </summary>
    public static ProbeAnswer Of(HttpStatusCode status, bool saysWhenToComeBack) => status switch
    {
        HttpStatusCode.ServiceUnavailable => new(saysWhenToComeBack ? ProbeWord.Nothing : ProbeWord.Failed, UpstreamFailure.Unavailable, (int)status),
        HttpStatusCode.NotImplemented => new(ProbeWord.Alive, UpstreamFailure.None, (int)status),
        >= HttpStatusCode.InternalServerError => new(ProbeWord.Failed, UpstreamFailure.ServerError, (int)status),
        HttpStatusCode.RequestTimeout => new(ProbeWord.Failed, UpstreamFailure.RequestTimeout, (int)status),
        _ => new(ProbeWord.Alive, UpstreamFailure.None, (int)status),
    };
}
