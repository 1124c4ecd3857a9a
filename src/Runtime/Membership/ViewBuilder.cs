namespace Orleans.Runtime.Membership;

/// <summary>
/// Turns the rows as read into a view.
/// <list type="number">
/// <item>A row without a valid signature is no member: its writer does not have the cluster's secret.</item>
/// <item>An active row counts as owner if its heartbeat is fresh, or if it was an owner before: after a pause of the store all heartbeats
/// are old and nobody has gone; in an old copy of the store there are silos that went long ago. Who was seen dead stays dead.</item>
/// <item>An owner whose row is missing stays for <see cref="MembershipRules.DeadAfter"/>: a store that was emptied is filled again within a second,
/// and no grain moves.</item>
/// </list>
/// Not synchronized.
/// </summary>
internal sealed class ViewBuilder(ClusterSecret secret, string clusterId, TimeProvider clock)
{
    private readonly Dictionary<SiloAddress, long> _missingSince = [];

    public ClusterView Build(MembershipTable table, ClusterView previous)
    {
        var known = table.Rows.Where(IsGenuine).ToList();
        var dead = previous.Members.Where(member => member.Status == SiloStatus.Dead).Select(member => member.Address).ToHashSet();
        var members = known.Select(row => dead.Contains(row.Address) ? row with { Status = SiloStatus.Dead } : row)
            .Select(row => new ViewMember(row.Address, row.Status, row.Name, IsOwner(row, table, previous)) { Started = row.Started, Silence = table.SilenceOf(row) }).ToList();
        foreach (var missing in previous.Members.Where(member => member.IsOwner && table.Find(member.Address.Endpoint) is null))
        {
            if (!_missingSince.TryGetValue(missing.Address, out var since))
            {
                _missingSince[missing.Address] = since = clock.GetTimestamp();
            }

            if (clock.GetElapsedTime(since) < MembershipRules.DeadAfter)
            {
                members.Add(missing);
            }
        }

        foreach (var found in known)
        {
            _missingSince.Remove(found.Address);
        }

        return new(Math.Max(table.Version, previous.Version), [.. members.OrderBy(member => member.Address.ToParsableString(), StringComparer.Ordinal)]);
    }

    public bool IsGenuine(SiloRow row) => secret.IsSignature(SiloRow.SignedText(clusterId, row.Address, row.Instance, row.Name), row.Signature);

    private static bool IsOwner(SiloRow row, MembershipTable table, ClusterView previous) =>
        row.Status == SiloStatus.Active && (!MembershipRules.IsSilent(table, row) || previous.HasOwner(row.Address));
}
