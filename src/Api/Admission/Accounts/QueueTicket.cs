using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gateway.Api.Admission.Stocks;

namespace Gateway.Api.Admission.Accounts;

/// <summary>A request's place in the queue.</summary>
/// <param name="number">The later a request came, the higher.</param>
internal sealed class QueueTicket(string subject, int weight, int priority, long number, ImmutableArray<AccountLane> lanes) : IComparable<QueueTicket>
{
    private readonly TaskCompletionSource<QueueOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Subject => subject;

    public int Weight => weight;

    public int Priority => priority;

    public long Number => number;

    public ImmutableArray<AccountLane> Lanes => lanes;

    /// <summary>Neither was it handed over to, nor has it left. Guarded by the queue.</summary>
    public bool IsWaiting { get; set; } = true;

    public Task<QueueOutcome> Outcome => _outcome.Task;

    public void Complete(QueueOutcome outcome) => _outcome.TrySetResult(outcome);

    public int CompareTo(QueueTicket? other) => number.CompareTo(other!.Number);
}

/// <param name="Lane">Null: the wait was in vain.</param>
/// <param name="IsUnavailable">It was because nobody can grant a permit now.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueueOutcome(AccountLane? Lane, StockReservation? Permit, bool IsUnavailable = false);
