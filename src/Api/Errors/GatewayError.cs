namespace Gateway.Api.Errors;

/// <summary>A refusal or failure as data; <see cref="ErrorWriter"/> gives it the caller's dialect at the edge.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">OpenAI's <c>error.type</c>.</param>
/// <param name="Code">OpenAI's <c>error.code</c>.</param>
/// <param name="Message">For the caller: no host, key, account or internal name.</param>
public sealed record GatewayError(int Status, string Type, string? Code, string Message)
{
    /// <summary>The request parameter at fault.</summary>
    public string? Param { get; init; }

    /// <summary>Whole seconds, rounded up; null: no header.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>False sends <c>x-should-retry: false</c>; null sends nothing.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>Value of <c>WWW-Authenticate</c>.</summary>
    public string? Challenge { get; init; }

    /// <summary>When a used-up budget opens again (<c>error.reset_at</c>).</summary>
    public DateTimeOffset? ResetAt { get; init; }

    /// <summary>Value of <c>Allow</c> on a 405.</summary>
    public string? Allow { get; init; }

    /// <summary>Value of <c>Accept-Encoding</c> on a 415 (RFC 7694): the codings that a request may have.</summary>
    public string? AcceptEncoding { get; init; }

    /// <summary>The provider's own error, checked for secrets: it is sent as it is in place of ours.</summary>
    public ProviderErrorBody? Provider { get; init; }

    /// <summary>The provider's id of the answer that this is about.</summary>
    public string? UpstreamRequestId { get; init; }
}

/// <summary>The body of a provider's error answer.</summary>
/// <param name="ContentType">As the provider named it; null: it named none.</param>
public sealed record ProviderErrorBody(ReadOnlyMemory<byte> Body, string? ContentType);
