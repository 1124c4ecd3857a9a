using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Limits;

internal static partial class QuotaLog
{
    [LoggerMessage(400, LogLevel.Warning, "Limits of {Key}: claims cannot be written ({Error}: {Reason}); until they can, what was claimed is granted for 5 s, and then nothing.")]
    public static partial void ClaimsCannotBeWritten(this ILogger logger, string key, string error, string reason);

    [LoggerMessage(401, LogLevel.Information, "Limits of {Key}: claims are written again.")]
    public static partial void ClaimsAreWrittenAgain(this ILogger logger, string key);

    [LoggerMessage(402, LogLevel.Information, "Limits of {Key}: another activation has taken over from epoch {Epoch}.")]
    public static partial void TakenOver(this ILogger logger, string key, long epoch);

    [LoggerMessage(403, LogLevel.Information, "Limits of {Key}: what was claimed in advance could not be given back ({Error}); it is free again when its sessions have told what they hold.")]
    public static partial void ClosingFailed(this ILogger logger, string key, string error);

    [LoggerMessage(405, LogLevel.Warning, "{Key} has used {Percent} % of {Window}, which opens again at {ResetsAt:O}.", EventName = "budget_warning")]
    public static partial void BudgetWarning(this ILogger logger, string key, long percent, string window, DateTimeOffset resetsAt);

    [LoggerMessage(406, LogLevel.Warning, "Limits of {Key}: what was spent before a budget began cannot be read from the ledger ({Error}: {Reason}); until it can, callers are told to try again.")]
    public static partial void SpendNotRead(this ILogger logger, string key, string error, string reason);

    [LoggerMessage(404, LogLevel.Warning, "Limits of {Key}: it cannot be told which sessions are gone ({Error}).")]
    public static partial void SessionsNotRead(this ILogger logger, string key, string error);
}
