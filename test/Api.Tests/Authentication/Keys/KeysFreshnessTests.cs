using Gateway.Api.Authentication.Keys;
using Gateway.Api.Cluster;
using Gateway.Silo.Settings;
using Gateway.Testing;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Authentication.Keys;

public sealed class KeysFreshnessTests
{
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ClusterContact _contact;
    private readonly KeysFreshness _freshness;

    public KeysFreshnessTests()
    {
        _contact = new ClusterContact(_time);
        _freshness = new KeysFreshness(_contact, Options.Create(new AuthOptions { MaxStaleness = Max }), _time);
    }

    [Fact]
    public void In_contact_and_up_to_date_keys_never_expire()
    {
        _contact.NoteKeys(7);

        Live(TimeSpan.FromHours(1), () => _contact.Note(), applied: 7);

        _freshness.IsExpired.Should().BeFalse();
    }

    [Fact]
    public void Without_the_cluster_they_are_believed_for_the_time_of_the_setting()
    {
        Live(Max, () => { }, applied: 0);
        _freshness.IsExpired.Should().BeFalse();

        Live(TimeSpan.FromSeconds(5), () => { }, applied: 0);
        _freshness.IsExpired.Should().BeTrue();

        Live(Second, () => _contact.Note(), applied: 0);
        _freshness.IsExpired.Should().BeFalse();
    }

    [Fact]
    public void A_change_that_is_known_and_cannot_be_read_counts_from_when_it_became_known()
    {
        Live(TimeSpan.FromHours(1), () => _contact.Note(), applied: 7);
        _contact.NoteKeys(8);

        Live(Max + TimeSpan.FromSeconds(5), () => _contact.Note(), applied: 7);
        _freshness.IsExpired.Should().BeTrue();

        Live(Second, () => _contact.Note(), applied: 8);
        _freshness.IsExpired.Should().BeFalse();
    }

    [Fact]
    public void The_version_told_never_falls()
    {
        _contact.NoteKeys(8);
        _contact.NoteKeys(3);

        _contact.KeysVersion.Should().Be(8);
    }

    [Fact]
    public void A_silo_that_may_be_cut_off_with_this_node_confirms_nothing_while_the_database_cannot_be_read_either()
    {
        Live(Max + TimeSpan.FromSeconds(5), () => _contact.Note(), applied: 0, areRowsStale: true);
        _freshness.IsExpired.Should().BeTrue();

        Live(Second, () => _contact.Note(), applied: 0, areRowsStale: false);
        _freshness.IsExpired.Should().BeFalse();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void The_database_or_a_silo_that_knows_the_members_is_enough(bool areRowsStale, bool areMembersKnown)
    {
        Live(TimeSpan.FromHours(1), () => Answer(areMembersKnown), applied: 0, areRowsStale);

        _freshness.IsExpired.Should().BeFalse();
    }

    [Fact]
    public void The_database_alone_confirms_nothing()
    {
        Live(Max + TimeSpan.FromSeconds(5), () => { }, applied: 0, areRowsStale: false);

        _freshness.IsExpired.Should().BeTrue("a node that only reads rows cannot tell what it was not told");
    }

    private void Answer(bool areMembersKnown)
    {
        _contact.Note();
        if (areMembersKnown)
        {
            _contact.NoteMembersKnown();
        }
    }

    private void Live(TimeSpan span, Action eachSecond, long applied, bool areRowsStale = false)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Second)
        {
            _time.Advance(Second);
            eachSecond();
            _freshness.Check(applied, areRowsStale);
        }
    }
}
