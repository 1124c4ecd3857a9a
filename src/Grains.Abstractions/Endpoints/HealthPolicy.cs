using Gateway.Abstractions.Manifests;

namespace Gateway.Abstractions.Endpoints;

/// <summary>The thresholds of circuits, cooling and ejection, shared by the endpoint grain and the nodes that react before it.</summary>
public static class HealthPolicy
{
    /// <summary>Failures in a row that open a circuit.</summary>
    public const int ConsecutiveFailures = 5;

    /// <summary>Outcomes that <see cref="Window"/> must hold before <see cref="FailureRatio"/> is judged.</summary>
    public const int MinimumOutcomes = 10;

    public const double FailureRatio = 0.5;

    /// <summary>
    /// Connections in a row, without a success between them, that may be reset while a large body is on its way before that counts as a
    /// failure. An upstream that takes no body of that size may close without a word, and one caller who has such bodies must not open
    /// the circuit for all; an endpoint that resets everything must not stay in use for ever either.
    /// </summary>
    public const int ExcusedResets = 20;

    /// <summary>
    /// Answers 403 in a row, without a success between them, before they count as a refusal of the key. Some providers answer so to a prompt
    /// that they do not like, and one caller who has such prompts must not take a model from all.
    /// </summary>
    public const int ExcusedForbidden = 4;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>First opening; each failed probe doubles it up to <see cref="LongestOpen"/>.</summary>
    public static readonly TimeSpan FirstOpen = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan LongestOpen = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long one probe keeps others away. Shorter than a slow unary call on purpose: a node that died with the permit
    /// must not hold up recovery, and the late success of a lapsed probe still closes the circuit.
    /// </summary>
    public static readonly TimeSpan ProbePermit = TimeSpan.FromSeconds(30);

    /// <summary>For a 429 without <c>Retry-After</c>.</summary>
    public static readonly TimeSpan RateLimitCooling = TimeSpan.FromSeconds(5);

    /// <summary>For a 402 or <c>insufficient_quota</c>.</summary>
    public static readonly TimeSpan QuotaCooling = TimeSpan.FromMinutes(5);

    /// <summary>Floor of every cooling: <c>Retry-After: 0</c> is no invitation to hammer.</summary>
    public static readonly TimeSpan ShortestCooling = TimeSpan.FromSeconds(1);

    /// <summary>Ceiling of every cooling, whatever the provider says.</summary>
    public static readonly TimeSpan LongestCooling = TimeSpan.FromHours(1);

    /// <summary>Time between two requests that try a refused key again.</summary>
    public static readonly TimeSpan EjectionTrialPeriod = TimeSpan.FromSeconds(60);

    /// <summary>Time between two active probes of an entry that asks for them.</summary>
    public static readonly TimeSpan ActiveProbePeriod = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time to the next active probe after one that failed, so that an endpoint that nobody calls is known to be gone within
    /// <see cref="ActiveProbePeriod"/> and four of these.
    /// </summary>
    public static readonly TimeSpan ActiveProbeRetry = TimeSpan.FromSeconds(2);

    /// <summary>Bound of one active probe.</summary>
    public static readonly TimeSpan ActiveProbeBound = TimeSpan.FromSeconds(5);

    /// <summary>For so long requests leave the half-open turn to an active probe that can judge it.</summary>
    public static readonly TimeSpan ActiveProbeHeadStart = TimeSpan.FromSeconds(1);

    /// <summary>How long an order to probe holds without being said again. Nobody may be probed for ever because one message was lost.</summary>
    public static readonly TimeSpan ProbeOrderLease = TimeSpan.FromSeconds(30);

    /// <summary>Times may be those of another machine.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(10);

    /// <summary>How long an outcome keeps the entry from being used; null: this outcome does not cool.</summary>
    public static TimeSpan? CoolingFor(UpstreamFailure failure, TimeSpan? retryAfter) => failure switch
    {
        UpstreamFailure.RateLimited => Bounded(retryAfter ?? RateLimitCooling),
        UpstreamFailure.Unavailable when retryAfter is { } wait => Bounded(wait),
        UpstreamFailure.QuotaExhausted => Bounded(retryAfter > QuotaCooling ? retryAfter.Value : QuotaCooling),
        _ => null,
    };

    /// <summary>True: the outcome speaks against the endpoint and counts towards opening its circuit.</summary>
    public static bool IsCircuitFailure(UpstreamFailure failure, TimeSpan? retryAfter) => failure switch
    {
        UpstreamFailure.None or UpstreamFailure.CallerGone => false,
        UpstreamFailure.RateLimited or UpstreamFailure.QuotaExhausted or UpstreamFailure.KeyRefused => false,
        UpstreamFailure.Unavailable => retryAfter is null,
        _ => true,
    };

    /// <summary>
    /// True: a probe of this kind that goes well shows that requests would not fail for this cause any more. Everything else a request
    /// must try: an endpoint may list its models while inference fails.
    /// </summary>
    public static bool CanJudge(ProbeKind probe, UpstreamFailure cause) => cause switch
    {
        UpstreamFailure.ConnectFailed or UpstreamFailure.ConnectTimeout => probe is ProbeKind.Tcp or ProbeKind.Models,
        UpstreamFailure.TlsFailed or UpstreamFailure.ResetBeforeAnswer => probe is ProbeKind.Models,
        _ => false,
    };

    /// <summary>
    /// Whether a node keeps waiting for a time that was set at most <paramref name="longest"/> ahead. One that is further ahead was set
    /// before the clock was set back: what it ends has lasted long enough.
    /// </summary>
    public static bool IsToCome(DateTimeOffset? until, DateTimeOffset now, TimeSpan longest) => until > now && until <= now + longest + ClockDifference;

    private static TimeSpan Bounded(TimeSpan wait) =>
        wait < ShortestCooling ? ShortestCooling : wait > LongestCooling ? LongestCooling : wait;
}
