namespace Gateway.Api.Http;

/// <summary>Names of the response headers that are the gateway's own.</summary>
public static class GatewayHeaders
{
    public const string RequestId = "x-request-id";
    public const string GatewayRequestId = "x-gateway-request-id";
    public const string Attempts = "x-gateway-attempts";
    public const string OverheadMs = "x-gateway-overhead-ms";
    public const string Model = "x-gateway-model";
    public const string ProcessingMs = "openai-processing-ms";
    public const string UpstreamRequestId = "x-upstream-request-id";
    public const string ShouldRetry = "x-should-retry";
    public const string BudgetWarning = "x-gateway-budget-warning";
    public const string LimitRequests = "x-ratelimit-limit-requests";
    public const string LimitTokens = "x-ratelimit-limit-tokens";
    public const string RemainingRequests = "x-ratelimit-remaining-requests";
    public const string RemainingTokens = "x-ratelimit-remaining-tokens";
    public const string ResetRequests = "x-ratelimit-reset-requests";
    public const string ResetTokens = "x-ratelimit-reset-tokens";
}
