namespace Gateway.Abstractions.Endpoints;

/// <summary>Why an attempt at an upstream did not end well. The one vocabulary of retry, health, logs, metrics and answers.</summary>
[GenerateSerializer, Alias("UpstreamFailure")]
public enum UpstreamFailure
{
    None,

    /// <summary>Nobody listens, the name does not resolve, or the route is gone.</summary>
    ConnectFailed,
    ConnectTimeout,
    TlsFailed,

    /// <summary>The connection ended before the first byte of an answer.</summary>
    ResetBeforeAnswer,

    /// <summary>A stream's headers did not come within <c>first_byte</c>.</summary>
    FirstByteTimeout,

    /// <summary>Silence for <c>idle</c> in the middle of an answer.</summary>
    IdleTimeout,

    /// <summary>The attempt reached <c>total</c>.</summary>
    TotalTimeout,

    /// <summary>408.</summary>
    RequestTimeout,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>402, or an error that says <c>insufficient_quota</c>.</summary>
    QuotaExhausted,

    /// <summary>401 or 403: the provider refused our key.</summary>
    KeyRefused,

    /// <summary>503, or a 425.</summary>
    Unavailable,

    /// <summary>500, 502, 504, 529 and every other 5xx.</summary>
    ServerError,

    /// <summary>200 whose first event or first bytes are an error.</summary>
    ErrorInSuccess,

    /// <summary>Not an HTTP answer, one that breaks its own framing, or one about the way there: 3xx, 407, 421.</summary>
    ProtocolError,

    /// <summary>The answer ended before its terminal marker or its stated length.</summary>
    Cut,

    /// <summary>The address is one that the gateway never calls.</summary>
    AddressRefused,

    /// <summary>The caller went away; says nothing about the endpoint.</summary>
    CallerGone,
}
