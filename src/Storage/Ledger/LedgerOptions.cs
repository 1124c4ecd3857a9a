using Microsoft.Extensions.Options;

namespace Gateway.Storage.Ledger;

/// <summary>How long usage is kept.</summary>
public sealed class LedgerOptions
{
    /// <summary><c>Gateway:Usage:RecordDays</c>. Default 400 days; PostgreSQL drops whole months.</summary>
    public TimeSpan KeepRecords { get; set; } = TimeSpan.FromDays(400);

    /// <summary><c>Gateway:Usage:SumDays</c>: sums per day; those per hour are kept as long as records. Default 1,830 days, at least 367.</summary>
    public TimeSpan KeepSums { get; set; } = TimeSpan.FromDays(1830);
}

public sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    /// <summary>A month's budget is rebuilt from records and sums of its time.</summary>
    public static readonly TimeSpan LeastRecords = TimeSpan.FromDays(32);

    /// <summary>So is one that rolls, over 366 days at most.</summary>
    public static readonly TimeSpan LeastSums = TimeSpan.FromDays(367);

    public ValidateOptionsResult Validate(string? name, LedgerOptions options) =>
        options.KeepRecords >= LeastRecords && options.KeepSums >= LeastSums && options.KeepSums >= options.KeepRecords
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Gateway:Usage:RecordDays must be at least 32, Gateway:Usage:SumDays at least 367 and no less than that: budgets are rebuilt from them.");
}
