using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Stocks;
using Gateway.Testing;

namespace Gateway.Api.Tests.Admission;

public sealed class PeriodCountTests
{
    private static readonly WindowLimit Minute = new() { Id = "requests_per_minute", Unit = LimitUnit.Requests, Window = WindowKind.Minute, Limit = 60 };

    private readonly FakeTimeProvider _time = new();
    private readonly PeriodCounts _counts = new();

    [Theory]
    [InlineData(0)]
    [InlineData(-120)]
    [InlineData(120)]
    public void What_was_used_is_known_as_long_as_it_counts_whatever_this_node_s_time_of_day_is(int grainIsAheadBySeconds)
    {
        var count = _counts.Get(1, Minute, _time.GetUtcNow().AddSeconds(grainIsAheadBySeconds).ToUnixTimeMilliseconds());
        count.Used = 60;
        _counts.TakeNews(_time.GetTimestamp()).Should().ContainSingle();

        Pass(TimeSpan.FromSeconds(65));
        _counts.IsEmpty.Should().BeFalse("another activation would grant the units again");
        count.Used.Should().Be(60);

        Pass(PeriodLife.Of(WindowKind.Minute, 0));
        _counts.IsEmpty.Should().BeTrue();
    }

    private void Pass(TimeSpan time)
    {
        _time.Advance(time);
        _counts.Forget(since => _time.GetElapsedTime(since));
    }
}
