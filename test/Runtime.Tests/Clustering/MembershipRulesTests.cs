using System.Collections.Immutable;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class MembershipRulesTests
{
    private const long Now = 1_000_000;

    [Fact]
    public void two_votes_end_a_silo_and_one_does_not()
    {
        var table = Table(Row(1), Row(2), Row(3));

        var voted = MembershipRules.Vote(table, Address(3), Address(1))!;
        voted.Status.Should().Be(SiloStatus.Active);

        MembershipRules.Vote(With(table, voted), Address(3), Address(2))!.Status.Should().Be(SiloStatus.Dead);
    }

    [Fact]
    public void a_second_vote_of_the_same_silo_changes_nothing()
    {
        var table = Table(Row(1), Row(2), Row(3));
        var voted = With(table, MembershipRules.Vote(table, Address(3), Address(1))!);

        MembershipRules.Vote(voted, Address(3), Address(1)).Should().BeNull();
    }

    [Fact]
    public void votes_of_silos_that_are_not_active_do_not_count()
    {
        var table = Table(Row(1), Row(2) with { Status = SiloStatus.Joining }, Row(3), Row(4));

        MembershipRules.Vote(table, Address(3), Address(2)).Should().BeNull();
        MembershipRules.Vote(table, Address(3), Address(9)).Should().BeNull("a stranger has no vote");

        var gone = With(table, MembershipRules.Vote(table, Address(3), Address(4))!);
        gone = With(gone, gone.Rows.Single(row => row.Address.Equals(Address(4))) with { Status = SiloStatus.Dead });
        gone = With(gone, Row(5));
        MembershipRules.Vote(gone, Address(3), Address(1))!.Status.Should().Be(SiloStatus.Active, "who voted first is no member any more");
    }

    [Fact]
    public void a_vote_counts_for_five_seconds()
    {
        var table = Table(Row(1), Row(2), Row(3));
        var voted = With(table, MembershipRules.Vote(table, Address(3), Address(1))!);

        MembershipRules.Vote(voted with { Now = Now + 4_999 }, Address(3), Address(2))!.Status.Should().Be(SiloStatus.Dead);
        MembershipRules.Vote(voted with { Now = Now + 5_000 }, Address(3), Address(2))!.Status.Should().Be(SiloStatus.Active);
    }

    [Fact]
    public void of_two_silos_one_may_end_the_other_only_when_it_is_silent_too()
    {
        MembershipRules.Vote(Table(Row(1), Row(2) with { Heartbeat = Now - 1_499 }), Address(2), Address(1))!.Status.Should().Be(SiloStatus.Active);
        MembershipRules.Vote(Table(Row(1), Row(2) with { Heartbeat = Now - 1_500 }), Address(2), Address(1))!.Status.Should().Be(SiloStatus.Dead);
    }

    [Fact]
    public void votes_end_one_silo_a_second()
    {
        var table = Table(Row(1), Row(2), Row(3), Row(4), Row(5), Row(6), Dead(7, Now - 999));

        End(table, 3).Should().Be(SiloStatus.Active);
        End(table with { Now = Now + 1 }, 3).Should().Be(SiloStatus.Dead);
    }

    [Fact]
    public void votes_never_leave_less_than_half_of_the_recently_active()
    {
        var table = Table(Row(1), Row(2), Row(3), Dead(4, Now - 20_000), Dead(5, Now - 30_000));
        End(table, 3).Should().Be(SiloStatus.Active, "two of five are less than half");

        End(Table(Row(1), Row(2), Row(3), Dead(4, Now - 20_000)), 3).Should().Be(SiloStatus.Dead, "two of four are half");
        End(table with { Now = Now + 60_000, Rows = [.. table.Rows.Select(row => row with { Heartbeat = Now + 60_000 })] }, 3).Should().Be(SiloStatus.Dead, "those went long ago");
    }

    [Fact]
    public void who_is_silent_for_five_seconds_is_silent_and_tombstones_are_kept_for_ten_minutes()
    {
        var table = Table(Row(1) with { Heartbeat = Now - 5_000 }, Row(2) with { Heartbeat = Now - 4_999 }, Dead(3, Now - 600_000), Dead(4, Now - 599_999));

        table.Rows.Where(row => MembershipRules.IsSilent(table, row)).Should().Equal(table.Rows[0]);
        MembershipRules.Tombstones(table).Should().Equal(table.Rows[2]);
    }

    private static SiloStatus End(MembershipTable table, int silo)
    {
        table = table with { Rows = [.. table.Rows.Select(row => row.Status == SiloStatus.Active ? row with { Heartbeat = table.Now } : row)] };
        var voted = With(table, MembershipRules.Vote(table, Address(silo), Address(1))!);
        return MembershipRules.Vote(voted, Address(silo), Address(2)) is { } row ? row.Status : SiloStatus.Active;
    }

    private static SiloAddress Address(int number) => SiloAddress.FromParsableString($"10.0.0.{number}:1@7");

    private static SiloRow Row(int number) => new()
    {
        Address = Address(number),
        Instance = $"instance {number}",
        Status = SiloStatus.Active,
        Name = $"silo {number}",
        Started = DateTimeOffset.UnixEpoch,
        Signature = "",
        Heartbeat = Now,
    };

    private static SiloRow Dead(int number, long at) => Row(number) with { Status = SiloStatus.Dead, DeadAt = at, EndedByVotes = true };

    private static MembershipTable Table(params ImmutableArray<SiloRow> rows) => new(1, Now, HasOtherEngine: false, rows);

    private static MembershipTable With(MembershipTable table, SiloRow row) =>
        table with { Rows = [.. table.Rows.Where(other => !other.Address.Equals(row.Address)), row] };
}
