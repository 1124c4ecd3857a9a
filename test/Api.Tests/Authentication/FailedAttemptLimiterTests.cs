using System.Net;
using Gateway.Api.Authentication;

namespace Gateway.Api.Tests.Authentication;

public sealed class FailedAttemptLimiterTests
{
    private readonly ManualTime _time = new();
    private readonly FailedAttemptLimiter _limiter;

    public FailedAttemptLimiterTests() => _limiter = new FailedAttemptLimiter(_time);

    [Fact]
    public void An_address_has_its_burst_and_then_waits_for_a_refill()
    {
        Spend("192.0.2.1", FailedAttemptLimiter.Burst);

        _limiter.TryTake(IPAddress.Parse("192.0.2.1"), out var wait).Should().BeFalse();
        wait.Should().BePositive();
        _time.Advance(wait);
        _limiter.TryTake(IPAddress.Parse("192.0.2.1"), out _).Should().BeTrue();
        _limiter.TryTake(IPAddress.Parse("192.0.2.1"), out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public void Addresses_count_together_exactly_when_one_host_can_have_both(string first, string second, bool together)
    {
        Spend(first, FailedAttemptLimiter.Burst);

        _limiter.TryTake(IPAddress.Parse(second), out _).Should().Be(!together);
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_but_never_more_than_the_burst()
    {
        var address = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 10; i++)
        {
            _limiter.GiveBack(address);
        }

        Spend("192.0.2.1", FailedAttemptLimiter.Burst);
        _limiter.TryTake(address, out _).Should().BeFalse();
        _limiter.GiveBack(address);
        _limiter.TryTake(address, out _).Should().BeTrue();
    }

    [Fact]
    public void Newcomers_beyond_the_table_share_one_bucket()
    {
        for (var i = 0; i < FailedAttemptLimiter.MaxAddresses; i++)
        {
            _limiter.TryTake(new IPAddress(i + 1), out _).Should().BeTrue();
        }

        for (var i = 0; i < FailedAttemptLimiter.Burst; i++)
        {
            _limiter.TryTake(IPAddress.Parse($"2001:db8:0:{i:x}::1"), out _).Should().BeTrue();
        }

        _limiter.TryTake(IPAddress.Parse("2001:db8:1::1"), out _).Should().BeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));
        _limiter.TryTake(IPAddress.Parse("2001:db8:1::1"), out _).Should().BeTrue("idle addresses left the table");
    }

    private void Spend(string address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _limiter.TryTake(IPAddress.Parse(address), out _).Should().BeTrue();
        }
    }
}
