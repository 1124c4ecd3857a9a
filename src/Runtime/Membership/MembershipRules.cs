namespace Orleans.Runtime.Membership;

/// <summary>
/// When a silo goes:
/// <list type="number">
/// <item>Its heartbeat is <see cref="DeadAfter"/> old. Any member may say so that has itself read the table for that long without a gap.</item>
/// <item>A new dial to its address was refused to two active members within <see cref="VotesLast"/>. Where only two are active, one vote is
/// enough once the heartbeat is <see cref="SilentAfter"/> old, so that a firewall in front of a living silo ends nobody.</item>
/// <item>By votes, one silo a second at most, and never below half of those that were active in the last minute: what looks like
/// many deaths at once is rather a fault of the network.</item>
/// <item>Its address returns with another process: the row is overwritten.</item>
/// </list>
/// </summary>
internal static class MembershipRules
{
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(1.5);
    public static readonly TimeSpan VotesLast = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenVotedDeaths = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TombstonesLast = TimeSpan.FromMinutes(10);

    public static bool IsSilent(MembershipTable table, SiloRow row) => row.Status != SiloStatus.Dead && table.SilenceOf(row) >= DeadAfter;

    public static SiloRow Dead(MembershipTable table, SiloRow row, bool byVotes = false) =>
        row with { Status = SiloStatus.Dead, DeadAt = table.Now, EndedByVotes = byVotes, Votes = ImmutableSortedDictionary<string, long>.Empty };

    /// <summary>Rows of the long dead, which every member has seen.</summary>
    public static ImmutableArray<SiloRow> Tombstones(MembershipTable table) =>
        [.. table.Rows.Where(row => row.Status == SiloStatus.Dead && table.Since(row.DeadAt) >= TombstonesLast)];

    /// <summary>The suspect's row with the vote, or dead; null when the vote changes nothing.</summary>
    public static SiloRow? Vote(MembershipTable table, SiloAddress suspect, SiloAddress voter)
    {
        var active = table.Active.ToList();
        var row = active.Find(candidate => candidate.Address.Equals(suspect));
        if (row is null || active.TrueForAll(candidate => !candidate.Address.Equals(voter)))
        {
            return null;
        }

        var votes = row.Votes.RemoveRange(row.Votes.Where(vote => table.Since(vote.Value) >= VotesLast
            || active.TrueForAll(member => member.Address.ToParsableString() != vote.Key)).Select(vote => vote.Key));
        var name = voter.ToParsableString();
        var voted = row with { Votes = votes.SetItem(name, table.Now) };
        var enough = active.Count == 2 ? table.SilenceOf(row) >= SilentAfter : voted.Votes.Count >= 2;
        return enough && MayEndByVotes(table, active.Count) ? Dead(table, row, byVotes: true)
            : votes.ContainsKey(name) && votes.Count == row.Votes.Count ? null
            : voted;
    }

    private static bool MayEndByVotes(MembershipTable table, int active)
    {
        var ended = table.Rows.Where(row => row is { Status: SiloStatus.Dead, EndedByVotes: true }).ToList();
        return ended.TrueForAll(row => table.Since(row.DeadAt) >= BetweenVotedDeaths)
            && (active - 1) * 2 >= active + ended.Count(row => table.Since(row.DeadAt) < Recently);
    }
}
