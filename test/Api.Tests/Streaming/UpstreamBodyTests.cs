using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class UpstreamBodyTests
{
    [Fact]
    public async Task It_asks_for_nothing_before_it_asks_for_bytes_and_for_more_when_they_fill_the_buffer()
    {
        var source = new Source(1_000_000);
        using var body = new UpstreamBody(source);
        var total = 0;
        for (int read; (read = (await body.ReadAsync(TestContext.Current.CancellationToken)).Length) > 0;)
        {
            total += read;
        }

        total.Should().Be(1_000_000);
        source.Asked.Where((_, i) => i % 2 == 0).Should().OnlyContain(bytes => bytes == 0);
        source.Asked.Where((_, i) => i % 2 == 1).Take(3).Should().Equal(4 * 1024, 16 * 1024, 64 * 1024);
        source.Asked.Max().Should().Be(64 * 1024);
    }

    [Fact]
    public async Task The_end_is_an_empty_piece_each_time_it_is_asked()
    {
        using var body = new UpstreamBody(new Source(0));

        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(0);
        (await body.ReadAsync(TestContext.Current.CancellationToken)).Length.Should().Be(0);
    }

    /// <summary>Bytes that are always there, and a record of how many were asked for.</summary>
    private sealed class Source(int length) : MemoryStream(new byte[length])
    {
        public List<int> Asked { get; } = [];

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.Add(buffer.Length);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
