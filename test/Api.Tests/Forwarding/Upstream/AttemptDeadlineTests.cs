using Gateway.Api.Forwarding.Upstream;
using Gateway.Testing;

namespace Gateway.Api.Tests.Forwarding.Upstream;

public sealed class AttemptDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_stops_the_work_when_the_time_is_up_and_serves_the_next_attempt_anew()
    {
        using var deadline = new AttemptDeadline(_time, CancellationToken.None);

        deadline.Arm(TimeSpan.FromSeconds(5));
        var first = deadline.Token;
        _time.Advance(TimeSpan.FromSeconds(5));

        first.IsCancellationRequested.Should().BeTrue();
        deadline.Expired.Should().BeTrue();

        deadline.Arm(TimeSpan.FromSeconds(5));
        deadline.Token.IsCancellationRequested.Should().BeFalse();
        deadline.Expired.Should().BeFalse();
    }

    [Fact]
    public void It_moves_while_the_work_goes_on()
    {
        using var deadline = new AttemptDeadline(_time, CancellationToken.None);

        deadline.Arm(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));
        deadline.Extend(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));

        deadline.Token.IsCancellationRequested.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        deadline.Token.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public void What_was_reached_is_not_extended()
    {
        using var deadline = new AttemptDeadline(_time, CancellationToken.None);

        deadline.Arm(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        deadline.Extend(TimeSpan.FromSeconds(5));

        deadline.Expired.Should().BeTrue();
    }

    [Fact]
    public async Task A_caller_who_goes_stops_it_too_and_is_told_apart()
    {
        using var caller = new CancellationTokenSource();
        using var deadline = new AttemptDeadline(_time, caller.Token);
        deadline.Arm(TimeSpan.FromSeconds(5));

        await caller.CancelAsync();

        deadline.Token.IsCancellationRequested.Should().BeTrue();
        deadline.CallerGone.Should().BeTrue();
        deadline.Expired.Should().BeFalse();
        deadline.Arm(TimeSpan.FromSeconds(5));
        deadline.Token.IsCancellationRequested.Should().BeTrue("nobody is left to work for");
    }

    [Fact]
    public void A_time_that_is_up_already_stops_at_once()
    {
        using var deadline = new AttemptDeadline(_time, CancellationToken.None);

        deadline.Arm(TimeSpan.FromSeconds(-1));

        deadline.Expired.Should().BeTrue();
    }
}
