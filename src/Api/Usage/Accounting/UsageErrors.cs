using Gateway.Api.Errors;

namespace Gateway.Api.Usage.Accounting;

internal static class UsageErrors
{
    public static GatewayError PriceUnknown(string model) =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "price_unknown", $"The model '{model}' has no price here, and the operator of the gateway serves only models that have one.")
        {
            Param = "model",
            ShouldRetry = false,
        };

    public static GatewayError JournalUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "journal_unavailable", "The gateway cannot write down what requests use now, and serves none that it cannot account for. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
}
