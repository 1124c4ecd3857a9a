using System.Collections.Immutable;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Admission.Stocks;
using Gateway.Storage.Limits;

namespace Gateway.Api.Admission.Subjects;

/// <summary>One of those that a request is charged to, with the limits that hold now.</summary>
internal sealed class ChargedSubject(string key, string shown, LimitFields fields, SubjectLimits limits, StockDirectory stocks)
{
    private QuotaStock? _stock;

    /// <summary>Grain key.</summary>
    public string Key => key;

    /// <summary>As the caller knows it: <c>user:alice</c>.</summary>
    public string Shown => shown;

    public LimitFields Fields => fields;

    public SubjectLimits Limits => limits;

    /// <summary>There is something for a grain to count.</summary>
    public bool IsCounted => fields.IsCounted;

    /// <summary>It has a rate, of which nothing can be given back.</summary>
    public bool HasRate { get; } = limits.Windows.Any(window => window.Window == WindowKind.Second);

    public ValueTask<StockOutcome> TakeAsync(in AdmissionEstimate estimate, StockParts parts, CancellationToken cancellationToken)
    {
        // A stock that was put away just now is taken out of the directory by the look-up.
        ValueTask<StockOutcome> taking;
        do
        {
            taking = Stock.TakeAsync(limits, estimate, parts, cancellationToken);
        }
        while (taking is { IsCompletedSuccessfully: true, Result.Result: StockResult.Retired });

        return taking;
    }

    public QuotaStock Stock => _stock is { IsRetired: false } stock ? stock : _stock = stocks.Subject(key);

    /// <summary>Header texts of its windows.</summary>
    public ImmutableArray<WindowHeaders> Headers { get; } = [.. limits.Windows.Select(window => new WindowHeaders(shown, window))];
}
