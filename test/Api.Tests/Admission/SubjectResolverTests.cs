using Gateway.Abstractions.Limits;
using Gateway.Api.Authentication;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Silo.Settings.Limits;
using Gateway.Storage.Limits;

namespace Gateway.Api.Tests.Admission;

public sealed class SubjectResolverTests
{
    private static readonly Caller Alice = AdmissionBench.Alice("local/physics", "local/chem");

    [Fact]
    public async Task User_key_project_and_every_group_are_charged_as_far_as_they_have_limits()
    {
        await using var bench = new AdmissionBench();
        foreach (var subject in (string[])["user:local/alice", "key:k1", "project:local/chem", "group:local/physics", "default:group-member:local/chem", "group:local/other", "user:local/bob"])
        {
            await bench.WithAsync(subject, """{"requests_per_minute":5}""");
        }

        Keys(bench, "chem").Should().Equal("user:local/alice", "key:k1", "project:local/chem", "member:local/chem:local/alice", "group:local/physics");
        Keys(bench, null).Should().NotContain("project:local/chem", "with two groups none is the project of itself");
    }

    [Fact]
    public async Task Limits_of_every_user_hold_for_who_has_none_of_its_own_and_are_counted_for_each()
    {
        await using var bench = await new AdmissionBench().WithAsync("default:user", """{"requests_per_minute":5}""");
        Keys(bench).Should().Equal("user:local/alice");
        var version = bench.Resolve(Alice).Counted[0].Limits.Version;

        await bench.WithAsync("user:local/alice", """{"concurrency":7}""");
        bench.Resolve(Alice).Counted.Single().Limits.Should().BeEquivalentTo(new { Concurrency = 7, Windows = Array.Empty<object>() });

        await bench.WithAsync("user:local/alice", null);
        var back = bench.Resolve(Alice).Counted.Single().Limits;
        back.Windows.Should().ContainSingle();
        back.Version.Should().BeGreaterThan(version, "the grain has seen the version of the limits that were deleted");
    }

    [Fact]
    public async Task What_does_not_change_is_put_together_once()
    {
        await using var bench = await new AdmissionBench().WithAsync("default:user", """{"requests_per_minute":5}""");
        var first = bench.Resolve(Alice, "chem");

        bench.Resolve(Alice, "chem").Should().BeSameAs(first);
        await bench.WithAsync("group:local/unrelated", """{"concurrency":7}""");
        bench.Resolve(Alice, "chem").Should().NotBeSameAs(first);

        bench.Resolve(Alice);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            bench.Controller.Resolve(Alice, "chem", out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1000);
    }

    [Fact]
    public async Task Limits_change_by_themselves_when_their_dates_say_so()
    {
        await using var bench = new AdmissionBench();
        var begin = bench.Time.GetUtcNow().AddMinutes(1);
        await bench.WithAsync("user:local/alice", LimitDocumentWriter.Write(new LimitDocument
        {
            Fields = new LimitFields { Concurrency = 1 },
            Overrides = [new LimitOverride(begin, begin.AddMinutes(1), new LimitFields { Concurrency = 5 })],
        }));

        int? Now() => bench.Resolve(Alice).Counted.Single().Limits.Concurrency;
        long Version() => bench.Resolve(Alice).Counted.Single().Limits.Version;

        Now().Should().Be(1);
        var before = Version();
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Now().Should().Be(5);
        var during = Version();
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Now().Should().Be(1);
        new[] { before, during, Version() }.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("chem", null)]
    [InlineData("project:chem", null)]
    [InlineData("local/chem", null)]
    [InlineData("other", "project_not_allowed")]
    [InlineData("corp/chem", "project_not_allowed")]
    [InlineData("", "invalid_request")]
    [InlineData("A B/c", "invalid_request")]
    public async Task A_project_is_one_of_the_callers_groups(string project, string? code)
    {
        await using var bench = await new AdmissionBench().WithAsync("default:user", """{"requests_per_minute":5}""");

        var limits = bench.Controller.Resolve(Alice, project, out var error);

        error?.Code.Should().Be(code);
        (limits?.Project).Should().Be(code is null ? "local/chem" : null);
    }

    [Fact]
    public async Task The_bootstrap_admin_has_no_limits_and_nobody_gets_in_before_limits_are_known()
    {
        await using var bench = new AdmissionBench();
        bench.Controller.Resolve(Alice, null, out var error).Should().BeNull();
        error!.Code.Should().Be("limits_unavailable");

        var admin = new Caller { Key = "key:bootstrap-admin", IsBootstrapAdmin = true, Id = "a", Username = "a", Name = "a", AuthService = "gateway" };
        bench.Controller.Resolve(admin, null, out _)!.IsUncounted.Should().BeTrue();
    }

    [Fact]
    public async Task Settings_hold_until_admin_says_something_about_the_subject()
    {
        await using var bench = new AdmissionBench(configure: settings => settings.Subjects = settings.Subjects.Add("alice", Document(3)).Add("key:k1", Document(4)));
        await bench.RefreshAsync();
        bench.Resolve(Alice).Counted.Select(subject => subject.Limits.Concurrency).Should().Equal(3, 4);
        var version = bench.Resolve(Alice).Counted[0].Limits.Version;

        await bench.WithAsync("user:local/alice", """{"requests_per_day":9}""");
        bench.Resolve(Alice).Counted.Select(subject => subject.Limits.Concurrency).Should().Equal(null, 4);

        await bench.WithAsync("user:local/alice", null);
        bench.Resolve(Alice).Counted[0].Limits.Concurrency.Should().Be(3);

        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Settings.Subjects = bench.Settings.Subjects.SetItem("alice", Document(8));
        await bench.RefreshAsync();
        bench.Resolve(Alice).Counted[0].Limits.Should().BeEquivalentTo(new { Concurrency = 8 });
        bench.Resolve(Alice).Counted[0].Limits.Version.Should().BeGreaterThan(version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_admin_sets_is_newer_than_what_a_node_said_whose_clock_is_ahead(bool isNamedBySettings)
    {
        await using var bench = await new AdmissionBench().WithAsync("default:user", """{"requests_per_minute":5}""");
        await using var ahead = new AdmissionBench(beside: bench, Named, clockAhead: TimeSpan.FromHours(1));
        await ahead.RefreshAsync();
        var told = ahead.Resolve(Alice).Counted.Single().Limits.Version;

        await bench.WithAsync("user:local/alice", """{"requests_per_minute":7}""");
        await ahead.RefreshAsync();

        bench.Resolve(Alice).Counted.Single().Limits.Version.Should().BeGreaterThan(told);
        ahead.Resolve(Alice).Counted.Single().Limits.Version.Should().Be(bench.Resolve(Alice).Counted.Single().Limits.Version);

        void Named(LimitsOptions settings) => settings.Subjects = isNamedBySettings ? settings.Subjects.Add("alice", Document(3)) : settings.Subjects;
    }

    [Theory]
    [InlineData(8)]
    [InlineData(null)]
    public async Task Settings_that_changed_with_a_restart_are_newer_than_those_of_a_process_whose_clock_was_ahead(int? concurrency)
    {
        await using var before = new AdmissionBench(configure: settings => settings.Subjects = settings.Subjects.Add("alice", Document(3)), clockAhead: TimeSpan.FromHours(1));
        await before.WithAsync("default:user", """{"concurrency":5}""");
        var told = before.Resolve(Alice).Counted.Single().Limits.Version;

        await using var restarted = new AdmissionBench(before, settings => settings.Subjects = concurrency is { } some ? settings.Subjects.Add("alice", Document(some)) : settings.Subjects);
        await restarted.RefreshAsync();

        var limits = restarted.Resolve(Alice).Counted.Single().Limits;
        limits.Concurrency.Should().Be(concurrency ?? 5);
        limits.Version.Should().BeGreaterThan(told);
    }

    [Fact]
    public async Task A_row_of_a_newer_version_lifts_no_limit()
    {
        await using var bench = await new AdmissionBench().WithAsync("user:local/alice", """{"concurrency":2}""");
        await bench.WithAsync("user:local/alice", """{"concurrency":2,"something_newer":1}""");
        await bench.WithAsync("key:k1", """{"something_newer":1}""");

        bench.Resolve(Alice).Counted[0].Limits.Concurrency.Should().Be(2);
        bench.Resolve(Alice).Counted[1].Limits.Windows.Should().ContainSingle();
    }

    [Fact]
    public void Two_members_of_two_groups_never_share_a_key() =>
        MemberKey.Of("l/a:b/c", "d/e").Should().NotBe(MemberKey.Of("l/a", "b/c:d/e"));

    [Theory]
    [InlineData("l/a:b/c", "d/e")]
    [InlineData("l/a%3A%25", "key:k1")]
    public void Whose_share_a_member_s_key_means_can_be_told(string group, string head)
    {
        MemberKey.TryParse(MemberKey.Of(group, head), out var groupRead, out var headRead).Should().BeTrue();

        (groupRead, headRead).Should().Be((group, head));
    }

    private static LimitDocument Document(int concurrency) => new() { Fields = new LimitFields { Concurrency = concurrency } };

    private static IEnumerable<string> Keys(AdmissionBench bench, string? project = null) => bench.Resolve(Alice, project).Counted.Select(subject => subject.Key);
}
