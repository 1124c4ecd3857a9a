using Gateway.Api.Streaming;
using Gateway.Testing;

namespace Gateway.Api.Tests.Streaming;

public sealed class SilenceWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Every_stream_is_asked_once_per_period_by_one_timer()
    {
        using var watch = new SilenceWatch(_time);
        var streams = Enumerable.Range(0, 100).Select(_ => new Stream()).ToArray();
        Array.ForEach(streams, watch.Add);
        Array.ForEach(streams, watch.Add);

        _time.ArmedTimers.Should().Be(1);
        _time.Advance(SilenceWatch.Period * 3);

        streams.Should().OnlyContain(stream => stream.Asked == 3);
    }

    [Fact]
    public void A_stream_that_was_removed_is_not_asked_again_and_the_others_are()
    {
        using var watch = new SilenceWatch(_time);
        var streams = Enumerable.Range(0, 10).Select(_ => new Stream()).ToArray();
        Array.ForEach(streams, watch.Add);
        watch.Remove(streams[3]);
        watch.Remove(streams[9]);
        watch.Remove(streams[3]);

        _time.Advance(SilenceWatch.Period);

        watch.Count.Should().Be(8);
        streams.Select(stream => stream.Asked).Should().Equal(1, 1, 1, 0, 1, 1, 1, 1, 1, 0);
    }

    [Fact]
    public void A_stream_may_leave_or_another_come_while_all_are_asked()
    {
        using var watch = new SilenceWatch(_time);
        var late = new Stream();
        var first = new Stream();
        first.OnAsked = () =>
        {
            watch.Remove(first);
            watch.Add(late);
        };
        watch.Add(first);

        _time.Advance(SilenceWatch.Period * 2);

        first.Asked.Should().Be(1);
        late.Asked.Should().Be(1);
        watch.Count.Should().Be(1);
    }

    [Fact]
    public void Nothing_is_asked_after_its_end()
    {
        var watch = new SilenceWatch(_time);
        watch.Dispose();

        _time.ArmedTimers.Should().Be(0);
    }

    private sealed class Stream : IWatchedStream
    {
        public WatchPlace WatchPlace { get; set; }

        public int Asked { get; private set; }

        public Action? OnAsked { get; set; }

        public void CheckSilence()
        {
            Asked++;
            OnAsked?.Invoke();
        }
    }
}
