using System.Net;
using Gateway.Api.Authentication.Attempts;

namespace Gateway.Api.Tests.Authentication.Attempts;

public sealed class FailedAttemptLimiterTests
{
    private readonly ManualTime _time = new();
    private readonly FailedAttemptLimiter _limiter;

    public FailedAttemptLimiterTests() => _limiter = new FailedAttemptLimiter(_time);

    [Fact]
    public async Task An_address_may_fail_its_burst_and_then_waits_for_a_refill()
    {
        await Fail("192.0.2.1", FailedAttemptLimiter.Burst);

        var refused = await Begin("192.0.2.1");
        refused.Permit.Should().BeNull();
        refused.RetryAfter.Should().BePositive();
        _time.Advance(refused.RetryAfter);
        await Fail("192.0.2.1", 1);
        (await Begin("192.0.2.1")).Permit.Should().BeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public async Task Addresses_count_together_exactly_when_one_host_can_have_both(string first, string second, bool together)
    {
        await Fail(first, FailedAttemptLimiter.Burst);

        ((await Begin(second)).Permit is null).Should().Be(together);
    }

    [Fact]
    public async Task Successes_cost_nothing_however_many()
    {
        for (var i = 0; i < 10 * FailedAttemptLimiter.Burst; i++)
        {
            _limiter.End((await Begin("192.0.2.1")).Permit!, failed: false);
        }

        await Fail("192.0.2.1", FailedAttemptLimiter.Burst);
        (await Begin("192.0.2.1")).Permit.Should().BeNull("and never give more than the burst");
    }

    [Fact]
    public async Task Look_ups_beyond_the_burst_wait_for_those_under_way_and_all_run_when_they_are_good()
    {
        var started = Enumerable.Range(0, 1_000).Select(_ => Begin("192.0.2.1").AsTask()).ToList();
        started.Count(start => start.IsCompleted).Should().Be(FailedAttemptLimiter.Burst);

        foreach (var start in started)
        {
            var permit = (await start.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Permit;
            permit.Should().NotBeNull();
            _limiter.End(permit!, failed: false);
        }
    }

    [Fact]
    public async Task Look_ups_that_wait_are_refused_when_those_under_way_all_fail()
    {
        var started = Enumerable.Range(0, FailedAttemptLimiter.Burst + 10).Select(_ => Begin("192.0.2.1").AsTask()).ToList();

        foreach (var start in started.Take(FailedAttemptLimiter.Burst))
        {
            _limiter.End((await start).Permit!, failed: true);
        }

        foreach (var start in started.Skip(FailedAttemptLimiter.Burst))
        {
            (await start.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Permit.Should().BeNull();
        }
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_place()
    {
        var running = Enumerable.Range(0, FailedAttemptLimiter.Burst).Select(_ => Begin("192.0.2.1").AsTask()).ToList();
        using var leaving = new CancellationTokenSource();
        var left = _limiter.BeginAsync(IPAddress.Parse("192.0.2.1"), leaving.Token).AsTask();
        await leaving.CancelAsync();
        await left.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        var next = Begin("192.0.2.1").AsTask();

        _limiter.End((await running[0]).Permit!, failed: false);

        (await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Permit.Should().NotBeNull();
    }

    [Fact]
    public async Task Who_stopped_waiting_at_one_address_keeps_nobody_from_waiting_at_another()
    {
        foreach (var address in (string[])["192.0.2.1", "192.0.2.2"])
        {
            for (var i = 0; i < FailedAttemptLimiter.Burst; i++)
            {
                (await Begin(address)).Permit.Should().NotBeNull();
            }
        }

        using var leaving = new CancellationTokenSource();
        for (var i = 0; i < FailedAttemptLimiter.MaxWaiting; i++)
        {
            _limiter.BeginAsync(IPAddress.Parse("192.0.2.1"), leaving.Token).AsTask().IsCompleted.Should().BeFalse();
        }

        (await Begin("192.0.2.2")).Permit.Should().BeNull("that many wait");
        await leaving.CancelAsync();

        Begin("192.0.2.2").AsTask().IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Newcomers_beyond_the_table_share_one_bucket()
    {
        for (var i = 0; i < FailedAttemptLimiter.MaxAddresses; i++)
        {
            _limiter.End((await _limiter.BeginAsync(new IPAddress(i + 1), CancellationToken.None)).Permit!, failed: true);
        }

        for (var i = 0; i < FailedAttemptLimiter.Burst; i++)
        {
            await Fail($"2001:db8:0:{i:x}::1", 1);
        }

        (await Begin("2001:db8:1::1")).Permit.Should().BeNull();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await Begin("2001:db8:1::1")).Permit.Should().NotBeNull("idle addresses left the table");
    }

    private ValueTask<AttemptStart> Begin(string address) => _limiter.BeginAsync(IPAddress.Parse(address), CancellationToken.None);

    private async Task Fail(string address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var start = await Begin(address);
            start.Permit.Should().NotBeNull();
            _limiter.End(start.Permit!, failed: true);
        }
    }
}
