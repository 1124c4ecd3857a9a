using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class SseEventAssemblerTests
{
    [Fact]
    public void Whole_events_come_out_however_the_stream_is_cut()
    {
        var fragments = Gen.Elements("\n\n", "\n", "data: x", "data: 漢字 é\n\n", ": c\n\n", "event: y\n");
        var property = Prop.ForAll(SplitStream.Of(fragments).ToArbitrary(), static stream =>
            Events(stream.Pieces()).SequenceEqual(Events([stream.Bytes])));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), property);
    }

    [Fact]
    public void What_is_unfinished_can_be_looked_at()
    {
        using var assembler = new SseEventAssembler();
        ReadOnlySpan<byte> piece = "data: a\n\ndata: b"u8;

        assembler.TryRead(ref piece, out var bytes).Should().BeTrue();
        Encoding.UTF8.GetString(bytes).Should().Be("data: a\n\n");
        assembler.TryRead(ref piece, out _).Should().BeFalse();
        piece.Length.Should().Be(0);
        Encoding.UTF8.GetString(assembler.Unfinished).Should().Be("data: b");
        assembler.AtBoundary.Should().BeFalse();
    }

    [Fact]
    public void An_event_of_a_megabyte_comes_out_whole_and_a_larger_one_is_cut()
    {
        Events(Large(SseEventAssembler.MaxEventBytes)).Should().ContainSingle().Which.Length.Should().Be(SseEventAssembler.MaxEventBytes);
        Events(Large(SseEventAssembler.MaxEventBytes + 5000)).Should().ContainSingle().Which.Length.Should().Be(SseEventAssembler.MaxEventBytes);
    }

    private static IEnumerable<byte[]> Large(int bytes) =>
        Encoding.ASCII.GetBytes("data: " + new string('x', bytes - 8) + "\n\n").Chunk(4096);

    private static List<string> Events(IEnumerable<byte[]> pieces)
    {
        using var assembler = new SseEventAssembler();
        var events = new List<string>();
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> rest = piece.AsSpan(assembler.TakeTail(piece));
            while (assembler.TryRead(ref rest, out var bytes))
            {
                events.Add(Encoding.UTF8.GetString(bytes));
            }
        }

        return events;
    }
}
