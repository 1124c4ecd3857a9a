using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class RelayFilterTests
{
    private const string Usage = """data: {"id":"u","choices":[],"usage":{"prompt_tokens":1}}""";
    private const string Delta = """data: {"choices":[{"index":0,"delta":{"content":"é漢"},"finish_reason":null}],"usage":null}""";
    private const string Azure = """data: {"choices":[],"prompt_filter_results":[]}""";

    private static readonly Gen<string> _events =
        from text in Gen.Elements(Delta, Azure, ": comment", "event: x\ndata: 1\ndata: 2", "data: [DONE]", Usage, "\uFEFFdata: b")
        from end in Gen.Elements("\n\n", "\r\n\r\n", "\r\r", "\n\r\n")
        select text + end;

    [Fact]
    public void Without_hiding_every_byte_passes_at_once()
    {
        var property = Prop.ForAll(SplitStream.Of(Gen.OneOf(_events, Gen.Elements("\n", "\r", "data: x"))).ToArbitrary(), static stream =>
        {
            using var filter = new RelayFilter(TerminalMarker.For(Operation.ChatCompletions), hideUsageChunk: false);
            return stream.Pieces().All(piece => Filter(filter, piece) == Encoding.Latin1.GetString(piece));
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), property);
    }

    [Fact]
    public void Hiding_takes_out_exactly_the_usage_chunk()
    {
        var property = Prop.ForAll(EventStreams().ToArbitrary(), static pair =>
        {
            using var filter = new RelayFilter(TerminalMarker.For(Operation.ChatCompletions), hideUsageChunk: true);
            var output = string.Concat(pair.Stream.Pieces().Select(piece => Filter(filter, piece))) + Complete(filter);
            return output == Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(pair.Expected));
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), property);
    }

    [Fact]
    public void A_run_of_events_is_judged_as_each_of_them_alone()
    {
        string[] events =
        [
            Delta, Delta, Delta, Usage, Azure, ": comment", "", "data: [DONE]", "event: error\ndata: {}",
            """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            """data: {"choices":[{"index":1,"delta":{},"finish_reason" : "stop"}]}""",
            """data: {"choices":[{"delta":{},"index" :0,"finish_reason"  :null}]}""",
            "data: {\"choices\":[{\"index\":0,\ndata: \"finish_reason\"\ndata: :\ndata: \"stop\"}]}",
            "data: {\"choices\":[],\"usage\":\ndata: {\"prompt_tokens\":1}}",
            """data: {"choices":[{"index":0,"delta":{"content":"no \"error\", no [DONE]"},"finish_reason":null}],"error":null}""",
            """data: {"error":{"message":"overloaded"}}""",
        ];
        var streams = Gen.ArrayOf(Gen.Elements(events)).ToArbitrary();
        var property = Prop.ForAll(streams, Gen.Elements(true, false).ToArbitrary(), Gen.Elements(Operation.ChatCompletions, Operation.Responses).ToArbitrary(), static (chosen, hide, operation) =>
        {
            var pieces = chosen.Select(text => Encoding.UTF8.GetBytes(text + "\n\n")).ToArray();
            return Pass(pieces, hide, operation) == Pass([pieces.SelectMany(bytes => bytes).ToArray()], hide, operation);
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), property);
    }

    [Fact]
    public void With_hiding_an_event_passes_as_soon_as_it_is_complete()
    {
        using var filter = Hiding();

        Filter(filter, "data: a\n").Should().BeEmpty();
        filter.AtBoundary.Should().BeTrue("the caller has not seen anything of the event yet");
        Filter(filter, "\ndata: b\r\n\r").Should().Be("data: a\n\ndata: b\r\n\r");
        Filter(filter, "\n").Should().Be("\n", "clients that read by line feeds wait for it");
        filter.AtBoundary.Should().BeTrue();
    }

    [Fact]
    public void An_event_larger_than_the_bound_is_not_held()
    {
        using var filter = Hiding();
        var first = "data: " + new string('x', RelayFilter.MaxHeldBytes);

        Filter(filter, first).Should().Be(first);
        filter.AtBoundary.Should().BeFalse();
        Filter(filter, "more").Should().Be("more");
        Filter(filter, "end\n\ndata: next\n\ndata: ").Should().Be("end\n\ndata: next\n\n");
        filter.AtBoundary.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_passes_after_an_error_of_the_upstream(bool hide)
    {
        var marker = TerminalMarker.For(Operation.ChatCompletions);
        using var filter = new RelayFilter(marker, hide);

        var output = Filter(filter, Delta + "\n\ndata: {\"error\":{\"code\":1}}\n\ndata: [DONE]\n\n");

        output.Should().EndWith("data: {\"error\":{\"code\":1}}\n\n");
        marker.ErrorSeen.Should().BeTrue();
        filter.AtBoundary.Should().BeTrue();
    }

    [Theory]
    [InlineData("data: [DONE]", "data: [DONE]")]
    [InlineData(Usage, "")]
    [InlineData(Usage + "\n", "")]
    public void An_event_without_its_blank_line_is_judged_at_the_end(string last, string expected)
    {
        var marker = TerminalMarker.For(Operation.ChatCompletions);
        using var filter = new RelayFilter(marker, hideUsageChunk: true);

        Filter(filter, last).Should().BeEmpty();
        Complete(filter).Should().Be(expected);
        marker.Reached.Should().Be(expected.Length > 0);
        filter.AtBoundary.Should().Be(expected.Length == 0);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"sk-secret\"}}\n\n")]
    [InlineData("event: error\r\ndata: sk-secret\r\n\r\n")]
    [InlineData("data: {\"id\":1,\"choices\":[],\"error\":\"sk-secret\"}\n\n")]
    public void Of_an_error_that_the_caller_must_not_see_nothing_telling_passes_wherever_it_is_cut(string error)
    {
        for (var cut = 1; cut < error.Length; cut++)
        {
            foreach (var hide in new[] { false, true })
            {
                var marker = TerminalMarker.For(Operation.ChatCompletions);
                using var filter = new RelayFilter(marker, hide, static data => data.IndexOf("secret"u8) < 0);

                var output = Filter(filter, "data: a\n\n" + error[..cut]) + Filter(filter, error[cut..] + "data: [DONE]\n\n");

                output.Should().StartWith("data: a\n\n").And.NotContain("sk").And.NotContain("DONE");
                filter.ErrorWithheld.Should().BeTrue();
                filter.AtBoundary.Should().Be(output == "data: a\n\n");
            }
        }
    }

    [Fact]
    public void What_only_looked_like_an_error_passes_when_it_is_complete()
    {
        using var filter = new RelayFilter(TerminalMarker.For(Operation.Responses), hideUsageChunk: false, static _ => false);

        Filter(filter, "data: {\"type\":\"x\",\"a\":1,").Should().HaveLength(24);
        Filter(filter, "\"error\":nu").Should().BeEmpty();
        Filter(filter, "ll").Should().BeEmpty();
        Filter(filter, "}\n\ndata: b\n\nda").Should().Be("\"error\":null}\n\ndata: b\n\nda");
        filter.ErrorWithheld.Should().BeFalse();
        filter.AtBoundary.Should().BeFalse();
    }

    private static RelayFilter Hiding() => new(TerminalMarker.For(Operation.ChatCompletions), hideUsageChunk: true);

    private static Gen<(SplitStream Stream, string Expected)> EventStreams() =>
        from events in _events.ListOf()
        from cuts in Gen.Choose(0, 1 << 20).ListOf()
        select (
            new SplitStream(Encoding.UTF8.GetBytes(string.Concat(events)), [.. cuts]),
            string.Concat(events.Where(one => !one.StartsWith(Usage, StringComparison.Ordinal))));

    private static (string Output, bool Reached, bool Final, bool ErrorSeen, bool AtBoundary) Pass(byte[][] pieces, bool hide, Operation operation)
    {
        var marker = TerminalMarker.For(operation);
        using var filter = new RelayFilter(marker, hide);
        var output = string.Concat(pieces.Select(piece => Filter(filter, piece))) + Complete(filter);
        return (output, marker.Reached, marker.Final, marker.ErrorSeen, filter.AtBoundary);
    }

    private static string Filter(RelayFilter filter, string piece) => Filter(filter, Encoding.UTF8.GetBytes(piece));

    private static string Filter(RelayFilter filter, byte[] piece)
    {
        var output = new ArrayBufferWriter<byte>();
        filter.Filter(piece, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    private static string Complete(RelayFilter filter)
    {
        var output = new ArrayBufferWriter<byte>();
        filter.Complete(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
