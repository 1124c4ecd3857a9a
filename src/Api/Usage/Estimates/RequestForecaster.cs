using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Api.Usage.Pricing;

namespace Gateway.Api.Usage.Estimates;

/// <summary>Says before a request is sent what it may use and cost.</summary>
public sealed class RequestForecaster(PriceBook prices, UsageHistory history)
{
    /// <param name="caller">Whose history the guess is made of.</param>
    /// <param name="candidates">The entries that may serve it; at least one.</param>
    public RequestForecast Of(string caller, string model, PeekedRequest request, Operation operation, int bodyBytes, ReadOnlySpan<RouteCandidate> candidates)
    {
        var bound = RequestBound.Of(request, operation, bodyBytes, candidates[0].Entry);
        foreach (var candidate in candidates[1..])
        {
            bound = RequestBound.Covering(bound, RequestBound.Of(request, operation, bodyBytes, candidate.Entry));
        }

        var guess = history.Guess(caller, model, bodyBytes, bound);
        var inForce = prices.InForce;
        long boundCost = 0, guessCost = 0;
        var isDenied = false;
        foreach (var candidate in candidates)
        {
            var price = prices.Find(inForce, candidate.Entry, candidate.Model);
            isDenied |= prices.IsDenied(price);
            boundCost = Math.Max(boundCost, CostCalculator.UpperBound(bound.InputTokens, bound.OutputTokens ?? 0, price));
            guessCost = Math.Max(guessCost, CostCalculator.UpperBound(guess.InputTokens, guess.OutputTokens, price));
        }

        return new RequestForecast
        {
            Prices = inForce,
            Bound = bound,
            Guess = guess,
            BoundNanoUsd = bound.OutputTokens is null ? null : boundCost,
            GuessNanoUsd = guessCost,
            IsDenied = isDenied,
        };
    }
}
