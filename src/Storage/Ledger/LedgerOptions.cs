using Microsoft.Extensions.Options;

namespace Gateway.Storage.Ledger;

/// <summary>How long usage is kept.</summary>
public sealed class LedgerOptions
{
    /// <summary><c>Gateway:Usage:RecordDays</c>. Default 400 days; PostgreSQL drops whole months.</summary>
    public TimeSpan KeepRecords { get; set; } = TimeSpan.FromDays(400);

    /// <summary><c>Gateway:Usage:SumDays</c>: sums per day; those per hour are kept as long as records. Default 1,830 days.</summary>
    public TimeSpan KeepSums { get; set; } = TimeSpan.FromDays(1830);
}

internal sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    // A month's budget is rebuilt from records and sums of its time.
    private static readonly TimeSpan Least = TimeSpan.FromDays(32);

    public ValidateOptionsResult Validate(string? name, LedgerOptions options) =>
        options.KeepRecords >= Least && options.KeepSums >= options.KeepRecords
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Gateway:Usage:RecordDays must be at least 32 and Gateway:Usage:SumDays at least as much: budgets of a month are rebuilt from them.");
}
