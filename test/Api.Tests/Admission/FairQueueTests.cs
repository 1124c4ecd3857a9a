using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission.Accounts;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Admission;

/// <summary>Whose turn it is, while requests come and go: permits are handed over one by one.</summary>
public sealed class FairQueueTests
{
    [Fact]
    public async Task Turns_of_those_who_left_are_not_charged()
    {
        await using var bench = await BenchAsync("a");
        var line = await Line.AtAsync(bench, "a");
        line.Enter("restless", 20);
        await line.LeaveAsync("restless", 19);
        line.Enter("restless", 20);

        var served = 0;
        line.Enter("patient");
        for (var handOver = 0; handOver < 20; handOver++)
        {
            if (await line.HandOverAsync() == "restless")
            {
                served++;
            }
            else
            {
                line.Enter("patient");
            }
        }

        served.Should().BeInRange(9, 11);
    }

    [Fact]
    public async Task What_one_account_hands_over_moves_nobody_back_at_another()
    {
        await using var bench = await BenchAsync("slow", "fast");
        var (slow, fast) = (await Line.AtAsync(bench, "slow"), await Line.AtAsync(bench, "fast"));
        slow.Enter("first", 5);
        fast.Enter("elsewhere", 20);
        for (var handOver = 0; handOver < 20; handOver++)
        {
            await fast.HandOverAsync();
        }

        slow.Enter("newcomer");

        (await slow.HandOverAsync(), await slow.HandOverAsync()).Should().Be(("first", "newcomer"));
    }

    [Fact]
    public async Task What_one_priority_is_handed_over_moves_nobody_back_in_another()
    {
        await using var bench = await BenchAsync("a");
        var line = await Line.AtAsync(bench, "a");
        line.Enter("first", 5);
        line.Enter("urgent", 20, priority: 0);
        for (var handOver = 0; handOver < 20; handOver++)
        {
            (await line.HandOverAsync()).Should().Be("urgent");
        }

        line.Enter("newcomer");

        (await line.HandOverAsync(), await line.HandOverAsync()).Should().Be(("first", "newcomer"));
    }

    [Fact]
    public async Task Who_comes_back_as_soon_as_it_was_served_waits_for_the_others_turns()
    {
        await using var bench = await BenchAsync("a");
        var line = await Line.AtAsync(bench, "a");
        line.Enter("many", 10);
        line.Enter("one");

        for (var round = 0; round < 5; round++)
        {
            (await line.HandOverAsync()).Should().Be("many");
            (await line.HandOverAsync()).Should().Be("one");
            line.Enter("one");
        }
    }

    private static async Task<AdmissionBench> BenchAsync(params string[] entries)
    {
        var bench = new AdmissionBench(null, null, default, [.. entries.Select(id => Entries.Live(id) with { Limits = new AccountLimits { Concurrency = 1 } })]);
        await bench.RefreshAsync();
        return bench;
    }

    /// <summary>Who waits at one account with a single permit.</summary>
    private sealed class Line
    {
        private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

        private readonly AdmissionBench _bench;
        private readonly AccountLane _lane;
        private readonly List<Waiter> _waiting = [];
        private StockReservation _held;

        private Line(AdmissionBench bench, AccountLane lane, StockReservation held) => (_bench, _lane, _held) = (bench, lane, held);

        public static async Task<Line> AtAsync(AdmissionBench bench, string entry)
        {
            var lane = bench.Accounts.FindConcurrency(bench.Route.Candidates.Single(candidate => candidate.Entry.Id == entry))!;
            return new Line(bench, lane, (await lane.TakeAsync(default, StockParts.Permit, default)).Reservation!);
        }

        public void Enter(string subject, int times = 1, int priority = 5)
        {
            for (var time = 0; time < times; time++)
            {
                var leaving = new CancellationTokenSource();
                _waiting.Add(new Waiter(subject, _bench.Run(() => _bench.Queue.WaitAsync([_lane], subject, 1, priority, Patience, leaving.Token).AsTask()), leaving));
            }
        }

        /// <summary>The newest.</summary>
        public async Task LeaveAsync(string subject, int times)
        {
            foreach (var waiter in _waiting.Where(waiter => waiter.Subject == subject).TakeLast(times).ToList())
            {
                await waiter.Leaving.CancelAsync();
                await FluentActions.Awaiting(() => waiter.Turn).Should().ThrowAsync<OperationCanceledException>();
                _waiting.Remove(waiter);
            }
        }

        /// <returns>Who got the permit.</returns>
        public async Task<string> HandOverAsync()
        {
            _held.Release();
            var turn = await _bench.RunAsync(Task.WhenAny(_waiting.Select(waiter => waiter.Turn)));
            _held = (await turn).Permit!;
            var served = _waiting.Single(waiter => waiter.Turn == turn);
            _waiting.Remove(served);
            return served.Subject;
        }

        private sealed record Waiter(string Subject, Task<QueueOutcome> Turn, CancellationTokenSource Leaving);
    }
}
