using Gateway.Abstractions.Tokens;
using Gateway.Grains.Tokens;
using Gateway.Testing.Identity;
using Gateway.Testing.Upstreams;

namespace Gateway.Grains.Tests.Tokens;

public sealed class TokenGrainTests
{
    [Fact]
    public async Task A_hundred_first_uses_in_a_cluster_of_three_silos_are_one_remote_call()
    {
        await using var silo = await GlobusSilo.StartAsync(silos: 3);
        var opened = new TaskCompletionSource();
        silo.Globus.Gate = opened.Task;
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));

        var answers = Enumerable.Range(0, 100).Select(_ => silo.AskAsync(token)).ToArray();
        await Eventually.TrueAsync(() => silo.Globus.Introspections == 1, "Globus is asked");
        opened.SetResult();

        (await Task.WhenAll(answers)).Should().OnlyContain(answer => answer.Verdict == TokenVerdict.Accepted);
        (silo.Globus.Introspections, silo.Globus.Grants, silo.Globus.GroupReads).Should().Be((1, 1, 1));
    }

    [Fact]
    public async Task A_question_under_way_holds_up_no_other_token_of_its_shard()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var known = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        await silo.AskAsync(known);
        var opened = new TaskCompletionSource();
        silo.Globus.Gate = opened.Task;
        var neighbour = TokenShards.Beside(known);

        var slow = silo.AskAsync(neighbour);
        await Eventually.TrueAsync(() => silo.Globus.Introspections == 2, "Globus is asked");
        (await silo.AskAsync(known)).Verdict.Should().Be(TokenVerdict.Accepted);

        slow.IsCompleted.Should().BeFalse();
        opened.SetResult();
        (await slow).Verdict.Should().Be(TokenVerdict.Refused);
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_take_the_answer_from_the_others()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var opened = new TaskCompletionSource();
        silo.Globus.Gate = opened.Task;
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        using var leaving = new CancellationTokenSource();

        var first = silo.Grain(token).Introspect(new TokenQuestion { Token = token }, leaving.Token);
        await Eventually.TrueAsync(() => silo.Globus.Introspections == 1, "Globus is asked");
        var second = silo.AskAsync(token);
        await leaving.CancelAsync();
        await first.Invoking(call => call).Should().ThrowAsync<OperationCanceledException>();
        opened.SetResult();

        (await second).Verdict.Should().Be(TokenVerdict.Accepted);
        silo.Globus.Introspections.Should().Be(1);
    }

    [Fact]
    public async Task A_success_holds_for_600_seconds_and_a_revoked_token_is_refused_then()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        await silo.AskAsync(token);
        silo.Globus.Revoke(token);

        silo.Clock.Advance(TimeSpan.FromSeconds(599));
        var late = await silo.AskAsync(token);
        late.Verdict.Should().Be(TokenVerdict.Accepted);
        late.ValidFor.Should().Be(TimeSpan.FromSeconds(1), "a node must not keep it for longer than it is left here");
        silo.Clock.Advance(TimeSpan.FromSeconds(1));

        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Refused);
        silo.Globus.Introspections.Should().Be(2);
    }

    [Fact]
    public async Task A_success_never_outlives_the_token()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov") with { Lifetime = TimeSpan.FromSeconds(30) });

        (await silo.AskAsync(token)).ValidFor.Should().Be(TimeSpan.FromSeconds(30));
        silo.Clock.Advance(TimeSpan.FromSeconds(31));
        silo.Globus.Revoke(token);

        (await silo.AskAsync(token)).Verdict.Should().Be(TokenVerdict.Refused);
    }

    [Fact]
    public async Task A_refusal_is_remembered_for_ten_seconds_and_then_asked_again()
    {
        await using var silo = await GlobusSilo.StartAsync();
        await silo.AskAsync("bad");
        await silo.AskAsync("bad");
        silo.Globus.Introspections.Should().Be(1);

        silo.Clock.Advance(TokenPolicy.RefusalAge);
        await silo.AskAsync("bad");

        silo.Globus.Introspections.Should().Be(2);
    }

    [Fact]
    public async Task Two_tokens_with_a_long_common_prefix_have_nothing_in_common()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var good = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        await silo.AskAsync(good);

        (await silo.AskAsync(good + "x")).Verdict.Should().Be(TokenVerdict.Refused);
        (await silo.AskAsync(good[..^1])).Verdict.Should().Be(TokenVerdict.Refused);
        (await silo.AskAsync(good)).Verdict.Should().Be(TokenVerdict.Accepted);
    }

    [Fact]
    public async Task Ten_thousand_bad_tokens_leave_the_good_one_cached()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var good = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        await silo.AskAsync(good);
        silo.Globus.InsteadOfIntrospection = Replies.Json(200, """{"active":false}""");

        await Parallel.ForAsync(0, 10_000, async (number, _) => await silo.AskAsync($"bad-{number}"));

        var before = silo.Globus.Introspections;
        (await silo.AskAsync(good)).Verdict.Should().Be(TokenVerdict.Accepted);
        silo.Globus.Introspections.Should().Be(before);
    }

    [Fact]
    public async Task No_more_than_sixty_four_calls_run_at_a_time()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var opened = new TaskCompletionSource();
        silo.Globus.Gate = opened.Task;

        var answers = Enumerable.Range(0, 200).Select(number => silo.AskAsync($"bad-{number}")).ToArray();
        await Eventually.TrueAsync(() => silo.Globus.Introspections == AuthorizationServer.Parallelism, "all places are taken");
        await Task.WhenAny(answers).WaitAsync(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => { }, TaskScheduler.Default);
        silo.Globus.Introspections.Should().Be(AuthorizationServer.Parallelism);
        opened.SetResult();

        (await Task.WhenAll(answers)).Should().OnlyContain(answer => answer.Verdict == TokenVerdict.Refused);
    }

    [Fact]
    public async Task No_token_is_in_a_log()
    {
        await using var silo = await GlobusSilo.StartAsync();
        var token = silo.Globus.Issue(GlobusUser.Person("alice@anl.gov"));
        await silo.AskAsync(token);
        await silo.AskAsync("canary-bad-token");
        silo.Globus.InsteadOfIntrospection = Replies.Reset();
        await silo.AskAsync("canary-lost-token");

        silo.Logs.Lines.Should().NotBeEmpty().And.NotContain(line => line.Contains(token) || line.Contains("canary") || line.Contains(GlobusDouble.ClientSecret));
        new TokenQuestion { Token = token }.ToString().Should().NotContain(token);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16 * 1024 + 1)]
    public async Task A_question_has_bounds(int length)
    {
        await using var silo = await GlobusSilo.StartAsync();

        var asking = () => silo.AskAsync(new string('x', length));

        await asking.Should().ThrowAsync<ArgumentException>();
    }
}
