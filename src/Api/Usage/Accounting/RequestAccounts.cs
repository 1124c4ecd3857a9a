using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.Api.Admission;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding;
using Gateway.Api.Routing;
using Gateway.Api.Usage.Estimates;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Pricing;

namespace Gateway.Api.Usage.Accounting;

/// <summary>Opens an account for each request that goes to an upstream: what it may take, what it holds, and what is written down of it.</summary>
/// <remarks>
/// 1. Forecast what the request may use and cost at any of the entries that it may go to.
/// 2. Admission: hold that at everyone who is charged.
/// 3. Write the intent into the journal before the first byte goes to an upstream (<see cref="RequestAccount.TryBegin"/>).
/// 4. Take each attempt's share of its provider account, write a later one's into the journal as well, and end it with what became of it.
/// 5. When it is known what the answer used, and before its last byte goes to the caller: settle, and write the outcome.
/// </remarks>
internal sealed class RequestAccounts(
    AdmissionController admission, RequestForecaster forecaster, PriceBook prices, UsageHistory history, IUsageJournal journal, Router router, TimeProvider time)
{
    internal PriceBook Prices => prices;

    internal UsageHistory History => history;

    internal IUsageJournal Journal => journal;

    internal Router Router => router;

    internal TimeProvider Time => time;

    /// <summary>Completes synchronously where nobody counts, or all that is needed is in stock.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AccountOpening> OpenAsync(ForwardRequest request)
    {
        var forecast = forecaster.Of(request.Caller.Subject, request.Route.Model, request.Peeked, request.Operation, request.BodyLength, request.Route.Candidates.AsSpan());
        if (forecast.IsDenied)
        {
            return new AccountOpening(null, UsageErrors.PriceUnknown(request.Route.Model), null);
        }

        var account = new RequestAccount(this, request, forecast);
        var estimate = admission.NeedsEstimate(request.Limits, request.Route.Candidates) ? Estimate(request, forecast) : default;
        var outcome = await admission.AdmitAsync(
            new AdmissionRequest
            {
                Limits = request.Limits,
                Subject = request.Caller.Subject,
                Estimate = estimate,
                Route = request.Route,
                Entries = account,
            },
            request.Context.RequestAborted);
        if (outcome.Admission is not { } admitted)
        {
            return new AccountOpening(null, outcome.Error, outcome.Choice);
        }

        account.Admit(admitted, estimate);
        return new AccountOpening(account, null, outcome.Choice);
    }

    private AdmissionEstimate Estimate(ForwardRequest request, in RequestForecast forecast)
    {
        var bound = forecast.Bound;
        long inputCost = 0, perOutputToken = 0;
        foreach (var candidate in request.Route.Candidates)
        {
            var price = prices.Find(forecast.Prices, candidate.Entry, candidate.Model);
            var input = CostCalculator.UpperBound(bound.InputTokens, 0, price);
            inputCost = Math.Max(inputCost, input);

            // Rounding may hide a part of a nano-dollar in either of the two.
            var withOutput = CostCalculator.UpperBound(bound.InputTokens, 1, price) - input;
            perOutputToken = Math.Max(perOutputToken, withOutput == 0 ? 0 : withOutput + 1);
        }

        return new AdmissionEstimate
        {
            CapName = request.Operation is Http.Operation.Responses ? "max_output_tokens" : AdmissionEstimate.UsualCap,
            InputTokens = bound.InputTokens,
            InputTokensGuess = forecast.Guess.InputTokens,
            OutputTokens = bound.OutputTokens,
            OutputTokensGuess = forecast.Guess.OutputTokens,
            Choices = (int)Math.Clamp(bound.Answers, 1, int.MaxValue),
            InputNanoUsd = inputCost,
            NanoUsdPerOutputToken = bound.Answers == 0 ? 0 : perOutputToken,
            NanoUsdGuess = forecast.GuessNanoUsd,
        };
    }
}

/// <summary>Either an account, or an error, or a choice that says why no entry can be chosen.</summary>
/// <param name="Choice">Beside an account: of an entry whose permit it holds; null: routing is free to choose.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AccountOpening(RequestAccount? Account, GatewayError? Error, RouteChoice? Choice);
