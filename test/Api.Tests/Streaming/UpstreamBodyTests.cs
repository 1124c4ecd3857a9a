using Gateway.Api.Streaming;
using Gateway.Testing;

namespace Gateway.Api.Tests.Streaming;

public sealed class UpstreamBodyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_slow_stream_holds_no_buffer_while_it_waits()
    {
        var source = new Source(20_000, () => _time.Advance(UpstreamBody.Briefly)) { MostAtOnce = 1_000 };
        using var body = new UpstreamBody(source, _time);

        (await ReadAllAsync(body)).Should().Be(20_000);

        source.Asked.Where((_, i) => i % 2 == 0).Should().OnlyContain(bytes => bytes == 0);
        source.Asked.Where((_, i) => i % 2 == 1).Should().OnlyContain(bytes => bytes > 0);
    }

    [Fact]
    public async Task A_fast_stream_is_read_at_once_into_buffers_that_grow_as_they_fill()
    {
        var source = new Source(1_000_000, () => { });
        using var body = new UpstreamBody(source, _time);

        (await ReadAllAsync(body)).Should().Be(1_000_000);

        source.Asked.Take(6).Should().Equal(0, 16 * 1024, 0, 64 * 1024, 64 * 1024, 64 * 1024);
        source.Asked.Skip(3).Should().OnlyContain(bytes => bytes > 0 && bytes <= 64 * 1024);
    }

    [Fact]
    public async Task One_brief_read_does_not_make_a_stream_hold_a_buffer_while_it_waits_for_its_second_piece()
    {
        var reads = 0;
        var source = new Source(20_000, () => _time.Advance(reads++ < 2 ? TimeSpan.Zero : UpstreamBody.Briefly)) { MostAtOnce = 1_000 };
        using var body = new UpstreamBody(source, _time);

        await ReadAllAsync(body);

        source.Asked.Where((_, i) => i % 2 == 0).Should().OnlyContain(bytes => bytes == 0);
    }

    [Fact]
    public async Task What_is_there_behind_a_large_piece_comes_with_it()
    {
        using var body = new UpstreamBody(new Source(10_000, () => { }) { MostAtOnce = 4_000 }, _time);

        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(10_000);
        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(0);
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(100)]
    public async Task Every_byte_arrives_once_and_in_order_whichever_reads_have_to_wait(int mostAtOnce)
    {
        var bytes = Enumerable.Range(0, 300_000).Select(number => (byte)(number * 7)).ToArray();
        var random = new Random(mostAtOnce);
        var source = new Source(bytes, () => { }) { MostAtOnce = mostAtOnce, Waits = () => random.Next(3) == 0 };
        using var body = new UpstreamBody(source, _time);

        var received = new MemoryStream();
        for (ReadOnlyMemory<byte> piece; !(piece = await body.ReadAsync(TestContext.Current.CancellationToken)).IsEmpty;)
        {
            received.Write(piece.Span);
        }

        received.ToArray().AsSpan().SequenceEqual(bytes).Should().BeTrue();
    }

    [Fact]
    public async Task A_failure_behind_a_large_piece_comes_after_it()
    {
        var source = new Source(4_000, () => { }) { MostAtOnce = 4_000, FailsAtEnd = true };
        using var body = new UpstreamBody(source, _time);

        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(4_000);
        await FluentActions.Awaiting(() => body.ReadAsync(TestContext.Current.CancellationToken).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task The_end_is_an_empty_piece_each_time_it_is_asked()
    {
        using var body = new UpstreamBody(new Source(0, () => { }), _time);

        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(0);
        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(0);
    }

    private static async Task<int> ReadAllAsync(UpstreamBody body)
    {
        var total = 0;
        for (int read; (read = (await body.ReadAsync(TestContext.Current.CancellationToken)).Length) > 0;)
        {
            total += read;
        }

        return total;
    }

    /// <summary>Bytes that are always there, or after a moment, and a record of how many were asked for.</summary>
    private sealed class Source(byte[] bytes, Action onRead) : MemoryStream(bytes)
    {
        public Source(int length, Action onRead)
            : this(new byte[length], onRead)
        {
        }

        public int MostAtOnce { get; init; } = int.MaxValue;

        public Func<bool> Waits { get; init; } = () => false;

        public bool FailsAtEnd { get; init; }

        public List<int> Asked { get; } = [];

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.Add(buffer.Length);
            onRead();
            if (Waits())
            {
                await Task.Yield();
            }

            return FailsAtEnd && Position == Length ? throw new IOException("cut") : Read(buffer.Span[..Math.Min(buffer.Length, MostAtOnce)]);
        }
    }
}
