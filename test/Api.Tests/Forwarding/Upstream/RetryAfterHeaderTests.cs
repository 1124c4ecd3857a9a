using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Upstream;

namespace Gateway.Api.Tests.Forwarding.Upstream;

public sealed class RetryAfterHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0d)]
    [InlineData(" 7 ", 7d)]
    [InlineData("1.5", 1.5)]
    [InlineData("99999999999", 3600d)]
    [InlineData("Fri, 02 Jan 2026 03:04:35 GMT", 30d)]
    [InlineData("Fri, 02 Jan 2026 03:00:00 GMT", 0d)]
    [InlineData("Fri, 02 Jan 2099 03:00:00 GMT", 3600d)]
    public void Seconds_and_dates_are_bounded_waits(string text, double seconds) =>
        RetryAfterHeader.Parse(text, Now).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("soon")]
    public void Anything_else_says_nothing(string text) => RetryAfterHeader.Parse(text, Now).Should().BeNull();

    [Fact]
    public void Milliseconds_are_finer() => RetryAfterHeader.ParseMilliseconds("1500").Should().Be(TimeSpan.FromSeconds(1.5));

    [Fact]
    public void No_text_throws_or_leaves_the_bounds() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
            RetryAfterHeader.Parse(text, Now) is not { } wait || (wait >= TimeSpan.Zero && wait <= TimeSpan.FromHours(1))).QuickCheckThrowOnFailure();
}
