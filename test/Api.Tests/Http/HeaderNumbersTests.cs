using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Http;

public sealed class HeaderNumbersTests
{
    [Theory]
    [InlineData(0, "0.00")]
    [InlineData(4_200, "0.42")]
    [InlineData(99_999, "9.99")]
    [InlineData(100_000, "10.00")]
    [InlineData(123_456_789, "12345.67")]
    [InlineData(-1, "0.00")]
    public void Fine_milliseconds_have_two_decimals(long ticks, string text) =>
        HeaderNumbers.OfFineMilliseconds(TimeSpan.FromTicks(ticks)).Should().Be(text);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(2047, "2047")]
    [InlineData(2048, "2048")]
    [InlineData(900_000, "900000")]
    public void Milliseconds_are_whole(int milliseconds, string text) =>
        HeaderNumbers.OfMilliseconds(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(text);

    [Fact]
    public void Counts_read_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), count => HeaderNumbers.OfCount(count) == $"{count}").QuickCheckThrowOnFailure();
}
