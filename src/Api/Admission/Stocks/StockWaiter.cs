using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>A request that waits for the call under way.</summary>
internal sealed class StockWaiter(SubjectLimits limits, AdmissionEstimate estimate, StockParts parts, long since, long deadline)
{
    private readonly TaskCompletionSource<StockOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SubjectLimits Limits => limits;

    public AdmissionEstimate Estimate => estimate;

    public StockParts Parts => parts;

    /// <summary>Timestamp.</summary>
    public long Since => since;

    /// <summary>Timestamp.</summary>
    public long Deadline => deadline;

    public int FruitlessCalls { get; set; }

    public Task<StockOutcome> Outcome => _outcome.Task;

    public void Complete(in StockOutcome outcome) => _outcome.TrySetResult(outcome);
}
