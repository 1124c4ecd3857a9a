using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Testing;

namespace Gateway.Api.Tests.Usage.Journal;

public sealed class ShippingPaceTests
{
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();
    private TimeSpan _spent;

    [Fact]
    public void A_process_with_little_to_do_ships_without_a_pause() => After(processors: 0.9).PauseAfter(Batch, 0).Should().Be(TimeSpan.Zero);

    [Fact]
    public void Requests_that_keep_the_processors_busy_go_first() => After(processors: 1.1).PauseAfter(Batch, 0).Should().Be(29 * Batch);

    [Theory]
    [InlineData(0.125, 14.5)]
    [InlineData(0.25, 0)]
    [InlineData(1, 0)]
    public void The_fuller_the_journal_the_shorter_the_pause(double fill, double batches) => After(processors: 2).PauseAfter(Batch, fill).Should().Be(batches * Batch);

    [Fact]
    public void No_pause_is_longer_than_the_longest() => After(processors: 2).PauseAfter(TimeSpan.FromHours(1), 0).Should().Be(ShippingPace.Longest);

    [Fact]
    public void Only_what_was_used_since_the_last_look_counts()
    {
        var pace = After(processors: 2);
        pace.PauseAfter(Batch, 0).Should().BePositive();
        _time.Advance(TimeSpan.FromSeconds(1));

        pace.PauseAfter(Batch, 0).Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_pause_ends_once_the_processors_are_free()
    {
        var waiting = WaitLong();
        Pass(busy: true);
        Pass(busy: true);
        waiting.IsCompleted.Should().BeFalse("requests keep coming");

        Pass(busy: false);
        waiting.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public void A_process_that_stays_busy_goes_on_after_the_longest_pause()
    {
        var waiting = WaitLong();
        for (var seconds = 1; seconds < ShippingPace.Longest.TotalSeconds; seconds++)
        {
            Pass(busy: true);
            waiting.IsCompleted.Should().BeFalse();
        }

        Pass(busy: true);
        waiting.IsCompletedSuccessfully.Should().BeTrue();
    }

    private Task WaitLong()
    {
        // What waits goes on while the clock is advanced, not some time later.
        SynchronizationContext.SetSynchronizationContext(null);
        return After(processors: 2).WaitAsync(TimeSpan.FromHours(1), 0, CancellationToken.None);
    }

    private void Pass(bool busy)
    {
        _spent += busy ? 2 * ShippingPace.Look : TimeSpan.Zero;
        _time.Advance(ShippingPace.Look);
    }

    /// <summary>A second on a machine with two processors, of which this many were in use.</summary>
    private ShippingPace After(double processors)
    {
        var pace = new ShippingPace(_time, () => _spent, processors: 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        _spent += TimeSpan.FromSeconds(processors);
        return pace;
    }
}
