using System.Globalization;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Errors;
using Gateway.Storage.Limits;

namespace Gateway.Api.Admission.Answers;

/// <summary>Refusals of admission.</summary>
/// <remarks>
/// Of a hard budget not all can be spent: less than the smallest useful answer costs is given to nobody. So it counts as used up (402) once
/// what is settled leaves less than that and <see cref="InputShare"/> of it for the input. With more than that left, a request that does
/// not fit is too large for the rest of the window, whoever has used it: 429, which nobody need repeat.
/// </remarks>
internal static class LimitErrors
{
    private const string RateLimited = "rate_limit_exceeded";
    private const int InputShare = 100;
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <param name="subject">As the caller knows it.</param>
    /// <param name="outcome">Anything but a grant.</param>
    /// <param name="estimate">Of the request.</param>
    public static GatewayError Of(string subject, in StockOutcome outcome, in AdmissionEstimate estimate)
    {
        if (outcome.Refusal is not { } refusal)
        {
            return Unavailable();
        }

        return refusal.Kind switch
        {
            RefusalKind.Exhausted when outcome.Window is { } window => Exhausted(subject, window, refusal, outcome.Wait ?? Soon, estimate.LeastAnswer(window.Unit)),
            RefusalKind.Reserved when outcome.Window is { } window => Limited($"What is left of {Name(window)} of {subject} is held by requests in flight.", Soon),
            RefusalKind.Concurrency => Limited($"{subject} has as many requests in flight as its limit 'concurrency' allows.", Soon),
            RefusalKind.NeverFits when outcome.Window is { } window => NeverFits(subject, window, estimate.CapName),
            _ => Unavailable(),
        };
    }

    public static GatewayError Unavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "limits_unavailable", "Your limits cannot be checked now, because what counts them does not answer. Try again shortly.")
        {
            RetryAfter = Soon,
        };

    /// <summary>All capacity of the model's providers is in use, and the wait for it was over, or too many wait already.</summary>
    public static GatewayError CapacityExhausted(string model) =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "capacity_exhausted", $"All capacity for the model '{model}' is in use. Try again shortly.")
        {
            RetryAfter = Soon,
        };

    /// <summary>The rates of all of the model's provider accounts are used up.</summary>
    public static GatewayError AccountsExhausted(string model, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, RateLimited, $"The rate limits of all providers of the model '{model}' are reached.")
        {
            RetryAfter = wait,
        };

    /// <param name="cap">Name of the parameter, which not every API calls <c>max_tokens</c>.</param>
    public static GatewayError CapNeeded(string subject, WindowLimit window, string cap) => GatewayErrors.BadRequest(
        $"Set {Quoted(cap)}: {Name(window)} of {subject} admits a request only if it is known how much it can take at most.", cap, "max_tokens_required");

    public static GatewayError BodyTooLarge(long maximum) =>
        new(StatusCodes.Status413PayloadTooLarge, GatewayErrors.InvalidRequest, "request_too_large", string.Create(CultureInfo.InvariantCulture, $"The body is larger than your limit 'max_body_bytes' of {maximum} bytes."));

    public static GatewayError BadProject() => GatewayErrors.BadRequest("The header 'x-gateway-project' must name a project like 'chem' or 'project:<issuer>/chem'.", "x-gateway-project");

    public static GatewayError ProjectNotAllowed() =>
        new(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "project_not_allowed", "The header 'x-gateway-project' must name one of your groups.") { Param = "x-gateway-project" };

    private static GatewayError Exhausted(string subject, WindowLimit window, LimitRefusal refusal, TimeSpan wait, long leastAnswer)
    {
        var message = $"{subject} has used up {Name(window)}.";
        if (window.Window is WindowKind.Second or WindowKind.Minute || wait <= ShortWait)
        {
            return Limited(message, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        }

        if (window.IsHard && refusal.Left > Arithmetic.Add(leastAnswer, window.Limit / InputShare))
        {
            return new GatewayError(
                StatusCodes.Status429TooManyRequests,
                GatewayErrors.RateLimitError,
                RateLimited,
                $"This request may take more than the {Amount(window.Unit, refusal.Left)} that are left of {Name(window)} of {subject}. Shorten the input.")
            {
                ResetAt = refusal.RetryAt,
                ShouldRetry = false,
            };
        }

        return new GatewayError(StatusCodes.Status402PaymentRequired, GatewayErrors.InsufficientQuota, "insufficient_quota", message)
        {
            ResetAt = refusal.RetryAt,
            ShouldRetry = false,
        };
    }

    private static string Quoted(string cap) => cap == AdmissionEstimate.UsualCap ? $"'{cap}'" : $"'{cap}' ({AdmissionEstimate.UsualCap} of this API)";

    private static GatewayError NeverFits(string subject, WindowLimit window, string cap) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, RateLimited, $"This request alone may take more than {Name(window)} of {subject}. Lower {Quoted(cap)} or shorten the input.")
        {
            ShouldRetry = false,
        };

    private static GatewayError Limited(string message, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, RateLimited, message) { RetryAfter = wait };

    private static string Name(WindowLimit window) => !window.IsBudget
        ? string.Create(CultureInfo.InvariantCulture, $"the limit '{window.Id}' ({window.Limit})")
        : $"the budget of {Amount(window.Unit, window.Limit)} per {(window.Window == WindowKind.RollingHours ? string.Create(CultureInfo.InvariantCulture, $"{window.RollingHours} hours") : LimitNames.Name(window.Window))}";

    private static string Amount(LimitUnit unit, long amount) => unit == LimitUnit.NanoUsd
        ? string.Create(CultureInfo.InvariantCulture, $"{amount / 1_000_000_000m} USD")
        : string.Create(CultureInfo.InvariantCulture, $"{amount} tokens");
}
