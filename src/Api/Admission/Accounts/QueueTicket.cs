using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gateway.Api.Admission.Stocks;

namespace Gateway.Api.Admission.Accounts;

/// <summary>A request's place in the queue.</summary>
internal sealed class QueueTicket(string subject, int priority, double turn, long number, ImmutableArray<AccountLane> lanes) : IComparable<QueueTicket>
{
    private readonly TaskCompletionSource<QueueOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Subject => subject;

    /// <summary>Virtual time: what the subject has had by then, divided by its weight.</summary>
    public double Turn => turn;

    public ImmutableArray<AccountLane> Lanes => lanes;

    public Task<QueueOutcome> Outcome => _outcome.Task;

    public void Complete(QueueOutcome outcome) => _outcome.TrySetResult(outcome);

    public int CompareTo(QueueTicket? other)
    {
        var order = priority.CompareTo(other!.Priority);
        order = order != 0 ? order : turn.CompareTo(other.Turn);
        return order != 0 ? order : number.CompareTo(other.Number);
    }

    public int Priority => priority;

    public long Number => number;
}

/// <param name="Lane">Null: the wait was in vain.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueueOutcome(AccountLane? Lane, StockReservation? Permit);
