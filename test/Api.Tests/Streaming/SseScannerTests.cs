using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class SseScannerTests
{
    private static readonly Gen<string> _fragments = Gen.Elements(
        "\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "data: x", "data:", "event: a\n", ": comment\n\n", "é", "漢", "id: 1\r", "\uFEFF", " ", "data: [DONE]\n\n");

    [Theory]
    [InlineData("data: a\n\n", "data: b\n\n")]
    [InlineData("data: a\r\n\r\n", "data: b\r\n\r\n")]
    [InlineData("data: a\r\r", "data: b\r\r")]
    [InlineData("data: a\r\n\n", "data: b\n\r\n")]
    [InlineData("data: a\n\r", "data: b\n\n")]
    [InlineData(": comment\n\n", "event: x\ndata: 1\ndata: 2\n\n")]
    [InlineData("\uFEFFdata: a\n\n", "\n", "data: b\n\n")]
    public void An_event_ends_with_its_blank_line(params string[] events)
    {
        Events([Encoding.UTF8.GetBytes(string.Concat(events))]).Should().Equal(events);
        Events(Encoding.UTF8.GetBytes(string.Concat(events)).Select(one => new[] { one })).Should().Equal(events);
    }

    [Fact]
    public void An_unfinished_event_is_no_boundary_and_a_finished_one_is()
    {
        var scanner = new SseScanner();
        scanner.AtBoundary.Should().BeTrue();
        scanner.FindEventEnd("data: a"u8).Should().Be(-1);
        scanner.AtBoundary.Should().BeFalse();
        scanner.FindEventEnd("\n"u8).Should().Be(-1);
        scanner.AtBoundary.Should().BeFalse();
        scanner.FindEventEnd("\nda"u8).Should().Be(1);
        scanner.AtBoundary.Should().BeTrue();
    }

    [Fact]
    public void A_blank_line_of_a_carriage_return_ends_the_event_without_waiting_for_a_line_feed()
    {
        var scanner = new SseScanner();
        scanner.FindEventEnd("data: a\r\n\r"u8).Should().Be(10);
        scanner.AtBoundary.Should().BeTrue();
        scanner.TakeTail("\ndata"u8).Should().Be(1);
        scanner.TakeTail("\n"u8).Should().Be(0);
    }

    [Fact]
    public void Events_are_the_same_however_the_stream_is_cut_and_nothing_is_lost()
    {
        var property = Prop.ForAll(SplitStream.Of(_fragments).ToArbitrary(), static stream =>
        {
            var whole = Events([stream.Bytes]);
            return string.Concat(whole) == Encoding.UTF8.GetString(stream.Bytes) && Events(stream.Pieces()).SequenceEqual(whole);
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), property);
    }

    /// <summary>All events, and last what was left unfinished.</summary>
    private static List<string> Events(IEnumerable<byte[]> pieces)
    {
        var scanner = new SseScanner();
        var events = new List<List<byte>>();
        var current = new List<byte>();
        foreach (var piece in pieces)
        {
            var position = scanner.TakeTail(piece);
            if (position > 0)
            {
                events[^1].Add(piece[0]);
            }

            for (int end; (end = scanner.FindEventEnd(piece.AsSpan(position))) >= 0; position += end)
            {
                current.AddRange(piece[position..(position + end)]);
                events.Add(current);
                current = [];
            }

            current.AddRange(piece[position..]);
        }

        return [.. (current.Count > 0 ? events.Append(current) : events).Select(bytes => Encoding.UTF8.GetString([.. bytes]))];
    }
}
