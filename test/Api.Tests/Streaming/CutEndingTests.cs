using Gateway.Api.Streaming;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Tests.Streaming;

public sealed class CutEndingTests
{
    private readonly CrowdedMachine _time = new();
    private readonly Lifetime _lifetime = new();
    private readonly DefaultHttpContext _context = new();

    public CutEndingTests()
    {
        _context.Request.Protocol = "HTTP/1.1";
        _context.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
    }

    [Fact]
    public async Task After_a_pause_the_connection_is_aborted()
    {
        var ending = CutEnding.EndAsync(_context, _time);
        _lifetime.IsAborted.Should().BeFalse();

        _time.Pass(CutEnding.Pause);

        await ending.WaitAsync(TimeSpan.FromSeconds(30));
        _lifetime.IsAborted.Should().BeTrue();
    }

    [Fact]
    public async Task A_process_without_a_processor_pauses_again_since_its_last_bytes_may_not_have_left()
    {
        var ending = CutEnding.EndAsync(_context, _time);
        for (var pauses = 0; pauses < 3; pauses++)
        {
            _time.Pass(CutEnding.Pause, late: CutEnding.Pause);
            _lifetime.IsAborted.Should().BeFalse();
        }

        _time.Pass(CutEnding.Pause);

        await ending.WaitAsync(TimeSpan.FromSeconds(30));
        _lifetime.IsAborted.Should().BeTrue();
    }

    [Fact]
    public async Task However_crowded_the_machine_is_the_connection_ends_within_seconds()
    {
        var ending = CutEnding.EndAsync(_context, _time);
        for (var pauses = 0; pauses < 2; pauses++)
        {
            _time.Pass(CutEnding.Pause, late: TimeSpan.FromSeconds(1));
        }

        await ending.WaitAsync(TimeSpan.FromSeconds(30));
        _lifetime.IsAborted.Should().BeTrue();
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public bool IsAborted { get; private set; }

        public void Abort() => IsAborted = true;
    }

    /// <summary>Its timers may fire later than they should.</summary>
    private sealed class CrowdedMachine : TimeProvider
    {
        private readonly FakeTimeProvider _time = new();
        private TimeSpan _late;

        public override long TimestampFrequency => _time.TimestampFrequency;

        public override long GetTimestamp() => _time.GetTimestamp() + _late.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(callback, state, dueTime, period);

        public void Pass(TimeSpan time, TimeSpan late = default)
        {
            _late += late;
            _time.Advance(time);
        }
    }
}
