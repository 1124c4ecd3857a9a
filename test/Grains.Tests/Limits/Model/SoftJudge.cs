using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>
/// What may be used of a soft window.
/// <list type="number">
/// <item>Whoever grants knows of no more than the limit, used and reserved, the grant included.</item>
/// <item>In each period no more is used than the limit, and what requests used beyond their reservation of which the last grant could not know: those
/// of which that activation was not told yet, and of an earlier epoch, which counts with its claims meanwhile, all until each of its sessions has told. Who does
/// not know yet that the epoch is over leaves out what it told before.</item>
/// </list>
/// </summary>
internal sealed class SoftJudge(string window)
{
    private readonly Dictionary<long, LastGrant> _lastGrants = [];
    private readonly Dictionary<long, HashSet<string>> _sessions = [];

    public string Window => window;

    /// <summary>Grants that break the first rule.</summary>
    public List<string> Problems { get; } = [];

    public Witness Activate() => new(this);

    /// <param name="settled">In the order in which each count was told.</param>
    public long Allowance(long period, IEnumerable<SettledCount> settled)
    {
        var last = _lastGrants.GetValueOrDefault(period);
        return settled.Where(count => count.Period == period).GroupBy(count => count.Epoch).Sum(epoch =>
            last is null || (epoch.Key != last.Epoch && (epoch.Any(count => count.Used > last.ToldOf(count)) || !last.HaveTold.IsSupersetOf(_sessions.GetValueOrDefault(epoch.Key, []))))
                ? epoch.Sum(count => count.BeyondAfter(0))
                : epoch.Sum(count => count.BeyondAfter(last.ToldOf(count))));
    }

    /// <summary>What one activation was told, and granted.</summary>
    internal sealed class Witness(SoftJudge judge)
    {
        private readonly Dictionary<(string Session, long Epoch, long Period), long> _told = [];
        private readonly HashSet<(string Session, long Call)> _granted = [];
        private readonly HashSet<(string Session, long Epoch)> _heard = [];

        public void Hear(SessionReport report)
        {
            _heard.Add((report.Session, report.IsFinal ? long.MaxValue : report.Epoch));
            foreach (var total in report.Totals.Where(total => total.WindowId == judge.Window))
            {
                var key = (report.Session, total.Epoch, total.Period);
                _told[key] = Math.Max(_told.GetValueOrDefault(key), total.Used);
            }
        }

        /// <summary>A call that is repeated is answered with what it was granted before.</summary>
        public void See(AcquireCall call, AcquireAnswer answer)
        {
            if (answer.Refusal is not null || !_granted.Add((call.Session, call.CallNumber)))
            {
                return;
            }

            (judge._sessions.TryGetValue(answer.Epoch, out var sessions) ? sessions : judge._sessions[answer.Epoch] = []).Add(call.Session);
            foreach (var grant in answer.Grants.Where(grant => grant.WindowId == judge.Window && grant.Amount > 0))
            {
                var state = answer.Windows.Single(state => state.WindowId == judge.Window);
                if (state.Used + state.Reserved > state.Limit)
                {
                    judge.Problems.Add($"{grant.Amount} were granted, and then {state.Used} were used and {state.Reserved} reserved of {state.Limit}");
                }

                if (judge._lastGrants.GetValueOrDefault(grant.Period) is not { } last || last.Epoch <= answer.Epoch)
                {
                    judge._lastGrants[grant.Period] = new LastGrant(answer.Epoch, new(_told), [.. _heard.Where(heard => heard.Epoch >= answer.Epoch).Select(heard => heard.Session)]);
                }
            }
        }
    }

    private sealed record LastGrant(long Epoch, Dictionary<(string Session, long Epoch, long Period), long> Told, HashSet<string> HaveTold)
    {
        public long ToldOf(SettledCount count) => Told.GetValueOrDefault((count.Session, count.Epoch, count.Period));
    }
}

/// <summary>Parts of requests that a session has settled, in the order of its totals.</summary>
internal sealed record SettledCount(string Session, long Epoch, long Period, IReadOnlyList<(long Reserved, long Used)> Parts)
{
    public long Used => Parts.Sum(part => part.Used);

    /// <summary>What was used beyond what was reserved, by those that are not within the total <paramref name="told"/>.</summary>
    public long BeyondAfter(long told)
    {
        var (total, beyond) = (0L, 0L);
        foreach (var (reserved, used) in Parts)
        {
            total += used;
            beyond += total > told ? Math.Max(0, used - reserved) : 0;
        }

        return beyond;
    }
}
