using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Tests.Limits.Windows;

public sealed class TokenBucketTests
{
    [Fact]
    public void It_holds_one_second_at_most_and_refills_by_the_millisecond()
    {
        var bucket = new TokenBucket(5, 0);

        bucket.Level(5, 10_000).Should().Be(5);
        bucket.Take(5, 5, 10_000);
        bucket.Level(5, 10_199).Should().Be(0);
        bucket.Level(5, 10_200).Should().Be(1);
        bucket.Level(5, 60_000).Should().Be(5);
    }

    [Theory]
    [InlineData(1, 3, 1_334)]
    [InlineData(2, 3, 1_667)]
    [InlineData(3, 3, 2_000)]
    public void It_tells_when_there_is_enough(long amount, long rate, long at)
    {
        var bucket = new TokenBucket(0, 1_000);

        bucket.FullAt(amount, rate, 1_000).Should().Be(at);
        bucket.Level(rate, at).Should().BeGreaterThanOrEqualTo(amount);
        bucket.Level(rate, at - 1).Should().BeLessThan(amount);
    }

    [Fact]
    public void The_largest_rate_does_not_overflow()
    {
        var bucket = new TokenBucket(1_000_000_000_000_000_000, 0);

        bucket.Take(1_000_000_000_000_000_000, 1_000_000_000_000_000_000, 1_700_000_000_000);

        bucket.Level(1_000_000_000_000_000_000, 1_700_000_000_500).Should().Be(500_000_000_000_000_000);
    }

    [Fact]
    public void One_that_begins_in_the_future_is_empty_until_then()
    {
        var bucket = new TokenBucket(0, 5_000);

        bucket.Level(10, 4_000).Should().Be(0);
        bucket.FullAt(1, 10, 4_000).Should().Be(5_100);
    }
}
