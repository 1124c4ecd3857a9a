using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Testing;

namespace Gateway.Api.Tests.Forwarding.Attempts;

public sealed class BoundedBodyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_beginning_is_the_same_however_the_body_is_split() =>
        Prop.ForAll(Gen.Choose(0, 3 * BoundedBody.MaxBytes).ToArbitrary(), Gen.Choose(1, 70_000).ToArbitrary(), ArbMap.Default.ArbFor<bool>(), async (size, piece, lengthKnown) =>
        {
            var limit = size % 2 == 0 ? BoundedBody.MaxBytes : 2 * BoundedBody.MaxBytes;
            var body = new byte[size];
            new Random(size).NextBytes(body);
            using var deadline = Deadline();
            using var beginning = new BeginningBuffer(limit);

            await BoundedBody.FillAsync(beginning, new PieceStream(body, piece), lengthKnown ? size : null, Patience(deadline));

            beginning.Bytes.ToArray().Should().Equal(body[..Math.Min(size, limit)]);
            beginning.IsComplete.Should().Be(size < limit || (lengthKnown && size == limit));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public async Task A_read_that_waits_too_long_is_stopped_and_called_idle()
    {
        using var deadline = Deadline();
        using var beginning = new BeginningBuffer();
        var patience = Patience(deadline);

        var fill = BoundedBody.FillAsync(beginning, new SilentStream(), null, patience).AsTask();
        _time.Advance(TimeSpan.FromSeconds(10));

        await fill.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        patience.Waiting.Should().Be(Abstractions.Endpoints.UpstreamFailure.IdleTimeout);
    }

    [Fact]
    public async Task The_total_wins_when_it_is_nearer()
    {
        using var deadline = Deadline();
        using var beginning = new BeginningBuffer();
        var patience = Patience(deadline);
        _time.Advance(TimeSpan.FromSeconds(95));

        var fill = BoundedBody.FillAsync(beginning, new SilentStream(), null, patience).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        await fill.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        patience.Waiting.Should().Be(Abstractions.Endpoints.UpstreamFailure.TotalTimeout);
    }

    private AttemptDeadline Deadline()
    {
        var deadline = new AttemptDeadline(_time, CancellationToken.None);
        deadline.Arm(TimeSpan.FromSeconds(100));
        return deadline;
    }

    private ReadPatience Patience(AttemptDeadline deadline) =>
        new(deadline, idle: TimeSpan.FromSeconds(10), total: TimeSpan.FromSeconds(100), _time.GetTimestamp(), _time);

    /// <summary>Gives its bytes in pieces of one size at most.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
