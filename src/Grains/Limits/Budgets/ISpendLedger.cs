using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Budgets;

/// <summary>What subjects have spent, by the records of all requests that have reached the ledger.</summary>
public interface ISpendLedger
{
    /// <exception cref="Exception">It cannot be told now.</exception>
    Task<IReadOnlyList<SpentPart>> ReadAsync(SpendQuestion question, CancellationToken cancellationToken);
}

/// <summary>About requests with <c>From ≤ time &lt; To</c>, which are told apart by steps from the begin on.</summary>
/// <param name="Subject">Key of its grain.</param>
public sealed record SpendQuestion(string Subject, LimitUnit Unit, DateTimeOffset From, DateTimeOffset To, TimeSpan Step);
