using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gateway.Api.Admission.Stocks;
using Gateway.Silo.Settings.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission.Accounts;

/// <summary>
/// The only thing that requests wait for: a free permit of any account that may serve them, on this node. At each account subjects take turns
/// (<see cref="TurnQueue"/>); who leaves, or has waited as long as the setting allows, gives up its place. For each account with somebody
/// waiting one loop takes permits: those that come back here at once, those of other nodes by asking again. Who waits only for accounts of which
/// nobody can grant a permit now is told so.
/// </summary>
internal sealed class PermitQueue(IOptions<LimitsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _waitingBySubject = new(StringComparer.Ordinal);
    private long _number;
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <returns>Without a lane: the queue was full, the wait was over, or nobody can grant a permit now.</returns>
    public async ValueTask<QueueOutcome> WaitAsync(ImmutableArray<AccountLane> lanes, string subject, int weight, int priority, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (patience <= TimeSpan.Zero || Enter(lanes, subject, weight, priority) is not { } ticket)
        {
            return default;
        }

        try
        {
            return await ticket.Outcome.WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            if (TryLeave(ticket))
            {
                return exception is TimeoutException ? default : throw exception;
            }

            // It was its turn at the same moment.
            var outcome = await ticket.Outcome;
            if (exception is OperationCanceledException)
            {
                outcome.Permit?.Release();
                throw;
            }

            return outcome;
        }
    }

    private QueueTicket? Enter(ImmutableArray<AccountLane> lanes, string subject, int weight, int priority)
    {
        var settings = options.Value;
        lock (_gate)
        {
            var ofSubject = _waitingBySubject.GetValueOrDefault(subject);
            if (_waiting >= settings.MaxWaiting || ofSubject >= settings.MaxWaitingPerSubject)
            {
                return null;
            }

            _waitingBySubject[subject] = ofSubject + 1;
            _waiting++;
            var ticket = new QueueTicket(subject, weight, priority, ++_number, lanes);
            foreach (var lane in lanes)
            {
                lane.Waiting.Add(ticket);
                lane.HasWaiting = true;
                if (!lane.IsDispatching)
                {
                    (lane.IsDispatching, lane.IsUnavailable, lane.UnavailableSince) = (true, false, null);
                    _ = DispatchAsync(lane);
                }
            }

            return ticket;
        }
    }

    private bool TryLeave(QueueTicket ticket)
    {
        lock (_gate)
        {
            if (!ticket.IsWaiting)
            {
                return false;
            }

            Remove(ticket, handedOverBy: null);
            return true;
        }
    }

    private void Remove(QueueTicket ticket, AccountLane? handedOverBy)
    {
        ticket.IsWaiting = false;
        foreach (var lane in ticket.Lanes)
        {
            if (lane != handedOverBy)
            {
                lane.Waiting.Remove(ticket);
            }

            lane.HasWaiting = !lane.Waiting.IsEmpty;
        }

        _waiting--;
        if (--CollectionsMarshal.GetValueRefOrNullRef(_waitingBySubject, ticket.Subject) == 0)
        {
            _waitingBySubject.Remove(ticket.Subject);
        }
    }

    private async Task DispatchAsync(AccountLane lane)
    {
        // It is begun under the lock.
        await Task.Yield();
        while (true)
        {
            var freed = lane.Freed;
            lock (_gate)
            {
                if (lane.Waiting.IsEmpty)
                {
                    lane.IsDispatching = false;
                    return;
                }
            }

            var outcome = await lane.TakeAsync(default, StockParts.QueuedPermit, CancellationToken.None);
            if (outcome.Result == StockResult.Granted)
            {
                HandOver(lane, outcome.Reservation!);
            }
            else if (outcome.Result == StockResult.Unreachable && options.Value.OpenOnOutage)
            {
                HandOver(lane, StockReservation.Uncounted);
            }
            else
            {
                Note(lane, outcome.Result);
                using var waiting = new CancellationTokenSource();
                await Task.WhenAny(freed, Task.Delay(AskAgain, time, waiting.Token));
                await waiting.CancelAsync();
            }
        }
    }

    private void Note(AccountLane lane, StockResult result)
    {
        List<QueueTicket> inVain = [];
        lock (_gate)
        {
            // A session that is replaced, or a store that blinks, is no reason to send everybody away; of silos it has been tried for long.
            lane.UnavailableSince = result is StockResult.Unavailable ? lane.UnavailableSince ?? time.GetTimestamp() : null;
            lane.IsUnavailable = result is StockResult.Unreachable || (lane.UnavailableSince is { } since && time.GetElapsedTime(since) >= StockRules.StorePatience);
            if (lane.IsUnavailable)
            {
                inVain.AddRange(lane.Waiting.All.Where(ticket => ticket.Lanes.All(each => each.IsUnavailable)));
                inVain.ForEach(ticket => Remove(ticket, handedOverBy: null));
            }
        }

        inVain.ForEach(ticket => ticket.Complete(new QueueOutcome(null, null, IsUnavailable: true)));
    }

    private void HandOver(AccountLane lane, StockReservation permit)
    {
        QueueTicket? ticket;
        lock (_gate)
        {
            (lane.IsUnavailable, lane.UnavailableSince) = (false, null);
            ticket = lane.Waiting.Take();
            if (ticket is not null)
            {
                Remove(ticket, handedOverBy: lane);
            }
        }

        if (ticket is null)
        {
            permit.Release();
        }
        else
        {
            ticket.Complete(new QueueOutcome(lane, permit));
        }
    }
}
