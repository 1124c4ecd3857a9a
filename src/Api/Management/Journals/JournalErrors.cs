using Gateway.Api.Errors;

namespace Gateway.Api.Management.Journals;

internal static class JournalErrors
{
    public static GatewayError Malformed() => GatewayErrors.BadRequest("The body must be the files of one journal, as 'gateway journal adopt' sends them.", code: "invalid_journal");

    public static GatewayError TooLarge(long maximum) =>
        new(StatusCodes.Status413PayloadTooLarge, GatewayErrors.InvalidRequest, "request_too_large", $"The journal is larger than {maximum >> 20} MB, the bound of journals here (Gateway:Journal:MaxMegabytes).");

    public static GatewayError InUse() =>
        new(StatusCodes.Status409Conflict, GatewayErrors.InvalidRequest, "journal_in_use", "The front-end that writes this journal lives, or was alive a moment ago. If it is gone for good, try again in 10 seconds.");

    public static GatewayError Foreign(string reason) => new(StatusCodes.Status409Conflict, GatewayErrors.InvalidRequest, "journal_of_another_cluster", reason);

    public static GatewayError NotReceived() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "journal_not_received", "The journal could not be received: it came broken, or the disk of the front-end refuses. Try again.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };
}
