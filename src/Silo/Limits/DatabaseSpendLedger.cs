using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Silo.Limits;

internal sealed class DatabaseSpendLedger(SpendReader reader) : ISpendLedger
{
    public async Task<IReadOnlyList<SpentPart>> ReadAsync(SpendQuestion question, CancellationToken cancellationToken)
    {
        // One that is not understood must not pass for one that spent nothing.
        var subject = SpendSubject.Of(question.Subject) ?? throw new ArgumentException($"The ledger knows no subject '{question.Subject}'.", nameof(question));
        var parts = await reader.ReadAsync(subject, question.From, question.To, question.Step, cancellationToken);
        return [.. parts.Select(part => new SpentPart(part.Step, UnitsOf(part, question.Unit)))];
    }

    // As requests are settled.
    private static long UnitsOf(Spend spend, LimitUnit unit) => unit switch
    {
        LimitUnit.Requests => spend.Requests,
        LimitUnit.InputTokens => spend.InputTokens,
        LimitUnit.OutputTokens => spend.OutputTokens,
        LimitUnit.TotalTokens => spend.TotalTokens,
        _ => spend.NanoUsd,
    };
}
