using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Errors;
using Gateway.Api.Routing;
using Gateway.Silo.Settings.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission.Accounts;

/// <summary>Finds an entry whose account has a free permit, and waits for one where none has.</summary>
/// <remarks>
/// 1. Routing chooses; the permit of that entry's account is taken if there is one.
/// 2. Else all entries of that account are left out, and routing chooses again.
/// 3. When only full accounts are left the request waits for a permit of any of them, and routing chooses among that account's entries.
/// </remarks>
internal sealed class EntryPermits(AccountDirectory accounts, PermitQueue queue, IOptions<LimitsOptions> options, TimeProvider time)
{
    // An entry can fall ill between the wait and the choice.
    private const int MaxWaits = 3;

    public async ValueTask<EntryPermit> TakeAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var wait = 0; wait < MaxWaits; wait++)
        {
            var (found, full) = await FindAsync(request, cancellationToken);
            if (found is { } entry)
            {
                return entry;
            }

            var patience = options.Value.MaxWait - time.GetElapsedTime(began);
            var turn = await queue.WaitAsync(full, request.Subject, request.Limits.QueueWeight, request.Limits.QueuePriority, patience, cancellationToken);
            if (turn.IsUnavailable)
            {
                return new EntryPermit(default, null, LimitErrors.Unavailable());
            }

            if (turn.Lane is not { } lane)
            {
                break;
            }

            if (await ChooseAmongAsync(request, lane, turn.Permit!, cancellationToken) is { } choice)
            {
                return new EntryPermit(choice, turn.Permit, null);
            }
        }

        return new EntryPermit(default, null, LimitErrors.CapacityExhausted(request.Route.Model));
    }

    /// <summary>Without waiting. Null: all accounts of entries that could be chosen are full.</summary>
    private async ValueTask<(EntryPermit? Entry, ImmutableArray<AccountLane> Full)> FindAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var excluded = new List<RouteCandidate>();
        var full = ImmutableArray.CreateBuilder<AccountLane>();
        while (true)
        {
            var choice = await request.Entries.ChooseAsync(excluded, cancellationToken);
            if (choice.Candidate is not { } candidate)
            {
                return full.Count == 0 ? (new EntryPermit(choice, null, null), []) : (null, full.ToImmutable());
            }

            if (accounts.FindConcurrency(candidate) is not { } lane)
            {
                return (new EntryPermit(choice, null, null), []);
            }

            var (permit, error) = (default(StockReservation), default(GatewayError));
            try
            {
                (permit, error) = await TryTakeAsync(lane, hadTurn: false, cancellationToken);
            }
            finally
            {
                GiveUpUnless(permit is not null, choice);
            }

            if (permit is not null || error is not null)
            {
                return (new EntryPermit(permit is null ? default : choice, permit, error), []);
            }

            // Of entries of another route than this one, which nothing leaves out.
            if (!full.Contains(lane))
            {
                full.Add(lane);
            }

            var before = excluded.Count;
            Exclude(request.Route, excluded, other => other == lane);
            if (excluded.Count == before)
            {
                return (null, full.ToImmutable());
            }
        }
    }

    /// <summary>Null: no entry of the account can be chosen, and its permit went back.</summary>
    private async ValueTask<RouteChoice?> ChooseAmongAsync(AdmissionRequest request, AccountLane granted, StockReservation permit, CancellationToken cancellationToken)
    {
        var isUsed = false;
        try
        {
            var excluded = new List<RouteCandidate>();
            Exclude(request.Route, excluded, other => other != granted);
            var choice = await request.Entries.ChooseAsync(excluded, cancellationToken);
            isUsed = choice.Candidate is { } chosen && accounts.FindConcurrency(chosen) == granted;
            GiveUpUnless(isUsed, choice);
            return isUsed ? choice : null;
        }
        finally
        {
            if (!isUsed)
            {
                permit.Release();
            }
        }
    }

    // It may stand for the one probe that the cluster allows.
    private static void GiveUpUnless(bool isUsed, in RouteChoice choice)
    {
        if (!isUsed)
        {
            choice.GiveUp();
        }
    }

    /// <summary>Without waiting; neither: the account is full.</summary>
    /// <param name="hadTurn">The request had a permit whose lease has ended: it overtakes nobody.</param>
    public async ValueTask<(StockReservation? Permit, GatewayError? Error)> TryTakeAsync(AccountLane lane, bool hadTurn, CancellationToken cancellationToken)
    {
        if (hadTurn || !lane.HasWaiting)
        {
            var outcome = await lane.TakeAsync(default, hadTurn ? StockParts.RenewedPermit : StockParts.Permit, cancellationToken);
            switch (outcome.Result)
            {
                case StockResult.Granted:
                    return (outcome.Reservation, null);
                case StockResult.Refused:
                    return (null, null);
                case StockResult.Unreachable when options.Value.OpenOnOutage:
                    return (StockReservation.Uncounted, null);
                default:
                    return (null, LimitErrors.Unavailable());
            }
        }

        return (null, null);
    }

    private void Exclude(UsableRoute route, List<RouteCandidate> excluded, Predicate<AccountLane?> which)
    {
        foreach (var candidate in route.Candidates)
        {
            if (which(accounts.FindConcurrency(candidate)))
            {
                for (var key = candidate; key is not null; key = key.NextKey)
                {
                    if (!excluded.Contains(key))
                    {
                        excluded.Add(key);
                    }
                }
            }
        }
    }
}

/// <param name="Permit">Null: the chosen entry needs none, or there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPermit(RouteChoice Choice, StockReservation? Permit, GatewayError? Error);
