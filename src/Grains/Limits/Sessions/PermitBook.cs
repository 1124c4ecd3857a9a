using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Sessions;

/// <summary>
/// Concurrency permits.
/// <list type="number">
/// <item>What all sessions hold is never more than the limit; what a session holds is never more than what is claimed for it.</item>
/// <item>All that is claimed is never more than the limit either: where a claim must grow, others shrink to what is held.</item>
/// <item>A claim shrinks in memory before the write that makes another grow, and grows after it.</item>
/// <item>Nodes take turns: for each one with requests waiting that was refused a moment ago, a free permit is kept from those that hold more,
/// or as many and were granted one later. Else a node that never ceases to ask takes again what it gives back, in one call. Who had a permit whose
/// lease has ended keeps its turn.</item>
/// </list>
/// </summary>
internal sealed class PermitBook(IReadOnlyCollection<SessionBook> sessions)
{
    public int Held => sessions.Sum(session => session.PermitsHeld);

    /// <param name="now">Unix milliseconds.</param>
    public PermitShare ShareOf(SessionBook session, AcquireCall call, int? limit, long now)
    {
        if (call.MinimumPermits == 0)
        {
            return new PermitShare(0, IsCovered: true, IsRefused: false);
        }

        if (limit is not { } most)
        {
            return new PermitShare(Math.Max(call.MinimumPermits, call.DesiredPermits), IsCovered: true, IsRefused: false);
        }

        var free = most - Held - (call.RenewsPermit ? 0 : KeptForOthers(session, now));
        if (call.MinimumPermits > free)
        {
            return new PermitShare(0, IsCovered: false, IsRefused: true);
        }

        var claimed = session.PermitsClaimed - session.PermitsHeld;
        return new PermitShare(Math.Min(Wanted(call, most, free), Math.Max(claimed, call.MinimumPermits)), claimed >= call.MinimumPermits, IsRefused: false);
    }

    /// <summary>Fewer are free than it takes, whoever's turn it is.</summary>
    public bool IsLacking(AcquireCall call, int? limit) => limit is { } most && call.MinimumPermits > 0 && call.MinimumPermits > most - Held;

    /// <summary>What must be claimed for each session so that the calls can be granted as far as there is room. Shrinks in memory what shrinks.</summary>
    public Dictionary<SessionBook, int> Plan(IEnumerable<(SessionBook Session, AcquireCall Call)> calls, int? limit)
    {
        var claims = sessions.ToDictionary(session => session, session => session.PermitsHeld);
        var spare = (limit ?? 0) - claims.Values.Sum();
        foreach (var (session, call) in calls)
        {
            if (limit is { } most && call.MinimumPermits > 0 && call.MinimumPermits <= spare)
            {
                var block = Math.Min(spare, Math.Max(Wanted(call, most, spare), most / 20));
                claims[session] += block;
                spare -= block;
            }
        }

        // What is left goes on being claimed by those who had it, so that they need no write for the next one.
        foreach (var session in sessions)
        {
            var kept = Math.Clamp(session.PermitsClaimed - claims[session], 0, Math.Max(0, spare));
            claims[session] += kept;
            spare -= kept;
            session.PermitsClaimed = Math.Min(session.PermitsClaimed, claims[session]);
        }

        return claims;
    }

    private int KeptForOthers(SessionBook session, long now) =>
        sessions.Count(other => other != session && other.PermitRefusedAt is { } at && now - at < QuotaRules.PermitTurn && ComesBefore(other, session));

    private static bool ComesBefore(SessionBook other, SessionBook session) =>
        other.PermitsHeld != session.PermitsHeld ? other.PermitsHeld < session.PermitsHeld : (other.LastPermitAt ?? 0) < (session.LastPermitAt ?? 0);

    private static int Wanted(AcquireCall call, int limit, int free) =>
        limit <= QuotaRules.SmallLimit
            ? call.MinimumPermits
            : Math.Max(call.MinimumPermits, (int)Math.Min(call.DesiredPermits, free - (limit / QuotaRules.LastPart)));
}
