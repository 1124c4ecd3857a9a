using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Grains.Tests.Limits;

public sealed class LimitGrainTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Of_600_calls_at_once_exactly_60_are_granted_in_few_writes()
    {
        await using var cluster = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerMinute(60));

        var answers = await Task.WhenAll(Enumerable.Range(0, 600).Select(call => cluster.Subject().Acquire(Calls.Acquire(limits, $"session-{call % 3}", 1 + (call / 3)))));

        answers.Count(answer => answer.Refusal is null).Should().Be(60);
        answers.Where(answer => answer.Refusal is not null).Should().OnlyContain(answer => answer.Refusal!.Kind == RefusalKind.Exhausted);
    }

    [Fact]
    public async Task Two_activations_of_one_subject_grant_the_limit_between_them()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerDay(40)) with { Concurrency = 30 };
        await one.Sessions.RenewAsync("a", "node-1", TestContext.Current.CancellationToken);
        await one.Sessions.RenewAsync("b", "node-2", TestContext.Current.CancellationToken);
        var granted = 0;
        for (var call = 1; call <= 60; call++)
        {
            // Both at once, so that each of them always believes it is the only one.
            var answers = await Task.WhenAll(
                one.Subject().Acquire(Calls.Acquire(limits, "a", call, permits: 1)),
                other.Subject().Acquire(Calls.Acquire(limits, "b", call, permits: 1)));
            granted += answers.Count(answer => answer.Refusal is null);
        }

        granted.Should().BeInRange(1, 30);
    }

    [Fact]
    public async Task After_two_activations_what_was_used_is_counted_and_nothing_else()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerDay(100));
        var first = await one.Subject().Acquire(Calls.Acquire(limits, "a", 1));
        var second = await other.Subject().Acquire(Calls.Acquire(limits, "b", 1));
        second.Epoch.Should().BeGreaterThan(first.Epoch);
        var used = new PeriodTotal { Epoch = first.Epoch, WindowId = "rpd", Period = first.Grants.Single().Period, Used = 1, Reserved = 0 };

        await other.Subject().Report(Calls.Report("a", 2, 1, second.Epoch, used), limits);
        var answer = await other.Subject().Report(Calls.Report("b", 2, 1, second.Epoch), limits);

        answer.Windows.Single().Should().Match<WindowState>(window => window.Used == 1 && window.Reserved == 0);
        var late = await one.Subject().Report(Calls.Report("a", 3, 1, second.Epoch, used), limits);
        late.IsTaken.Should().BeFalse("this one was superseded");
    }

    [Fact]
    public async Task An_idle_subject_leaves_what_was_used()
    {
        await using var cluster = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerDay(2_000));
        var answer = await cluster.Subject().Acquire(Calls.Acquire(limits, "a", 1));
        var used = new PeriodTotal { Epoch = answer.Epoch, WindowId = "rpd", Period = answer.Grants.Single().Period, Used = 1, Reserved = 0 };
        await cluster.Subject().Report(Calls.Report("a", 2, 1, answer.Epoch, used), limits);

        await cluster.DeactivateAsync(cluster.Subject());

        var description = await cluster.Subject().Describe(limits);
        description.Windows.Single().Should().Match<WindowState>(window => window.Used == 1 && window.Reserved == 0, "the block of 10 went back");
        description.Sessions.Should().BeEmpty();
    }

    [Fact]
    public async Task Looking_at_a_subject_writes_nothing()
    {
        await using var cluster = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerDay(5), LimitBench.PerMinute(3));

        var description = await cluster.Subject().Describe(limits);
        await cluster.DeactivateAsync(cluster.Subject());

        description.Windows.Select(window => (window.WindowId, window.Limit, window.Used)).Should().Equal(("rpd", 5, 0), ("rpm", 3, 0));
        (await RowsAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_subject_and_an_account_of_one_name_have_nothing_in_common()
    {
        await using var cluster = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerMinute(1));

        (await cluster.Subject("same").Acquire(Calls.Acquire(limits, "a", 1))).Refusal.Should().BeNull();
        (await cluster.Account("same").Acquire(Calls.Acquire(limits, "a", 1))).Refusal.Should().BeNull();
        (await cluster.Account("same").Acquire(Calls.Acquire(limits, "a", 2))).Refusal.Should().NotBeNull();
        (await cluster.Account("same").Describe(limits)).Windows.Single().Reserved.Should().Be(1);
        (await cluster.Account("same").Report(Calls.Report("a", 3, 2), limits)).Windows.Single().Reserved.Should().Be(0);
    }

    [Fact]
    public async Task Permits_of_a_session_that_ended_are_free()
    {
        await using var cluster = await StartAsync();
        var limits = Calls.Limits() with { Concurrency = 1 };
        await cluster.Sessions.RenewAsync("gone", "node-1", TestContext.Current.CancellationToken);
        (await cluster.Subject().Acquire(Calls.Acquire(limits, "gone", 1, permits: 1))).Refusal.Should().BeNull();
        await cluster.DeactivateAsync(cluster.Subject());
        (await cluster.Subject().Acquire(Calls.Acquire(limits, "alive", 1, permits: 1))).Refusal!.Kind.Should().Be(RefusalKind.Concurrency);

        await cluster.Sessions.EndAsync("gone", TestContext.Current.CancellationToken);

        var number = 2;
        await Eventually.TrueAsync(async () => (await cluster.Subject().Acquire(Calls.Acquire(limits, "alive", number, number++ - 1, 1))).Refusal is null, "the permit is free");
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused()
    {
        await using var cluster = await StartAsync();
        var limits = Calls.Limits(LimitBench.PerMinute(5));
        var good = Calls.Acquire(limits, "a", 1);
        AcquireCall[] bad =
        [
            good with { Session = "other" },
            good with { CallNumber = 0 },
            good with { Wishes = [.. good.Wishes, .. good.Wishes] },
            good with { Wishes = [new WindowWish { WindowId = "rpm", Minimum = 0, Desired = 1 }] },
            good with { Wishes = [new WindowWish { WindowId = "rpm", Minimum = 2, Desired = 1 }] },
            good with { Wishes = [new WindowWish { WindowId = "rpm", Minimum = 1, Desired = 1, Waiting = 2 }] },
            good with { MinimumPermits = -1 },
            good with { Limits = limits with { Windows = [LimitBench.PerMinute(0)] } },
            good with { Limits = limits with { Windows = [LimitBench.PerMinute(1), LimitBench.PerMinute(1)] } },
            good with { Report = good.Report with { Session = new string('x', 300) }, Session = new string('x', 300) },
        ];

        foreach (var call in bad)
        {
            await cluster.Subject().Invoking(subject => subject.Acquire(call)).Should().ThrowAsync<ArgumentException>();
        }

        (await cluster.Subject().Acquire(good)).Refusal.Should().BeNull();
    }

    public void Dispose() => _folder.Dispose();

    private Task<LimitCluster> StartAsync() => LimitCluster.StartAsync(options => options.SqlitePath = _folder.File("gateway.db"));

    private async Task<long> RowsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("gateway.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM grain_state";
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
