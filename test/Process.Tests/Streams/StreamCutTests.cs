using Gateway.Process.Rigs;

namespace Gateway.Process.Streams;

public sealed class StreamCutTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(StreamCut.Reset)]
    [InlineData(StreamCut.FinInsideChunk)]
    [InlineData(StreamCut.CloseDelimitedEnd)]
    [InlineData(StreamCut.CleanEndWithoutMarker)]
    public async Task A_cut_stream_ends_with_an_error_event_and_a_torn_connection(StreamCut cut)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        await using var other = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url, other.Url);

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        var end = await reading.ToEndAsync();
        end.Should().NotBeNull("a clean end would pass for a whole answer; received: {0}", reading.Text);
        reading.Text.Should().StartWith(OpenAiBodies.Delta("Hel") + OpenAiBodies.Delta("lo"));
        LastEvent(reading.Text)["error"]!["message"]!.GetValue<string>().Should().NotBeNullOrEmpty();
        reading.Text.Should().NotContain("[DONE]").And.NotContain(upstream.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        other.Requests.Should().BeEmpty("nothing is replayed once the caller has the first byte");
    }

    [Fact]
    public async Task An_error_event_in_the_middle_is_passed_on_and_the_connection_torn()
    {
        var error = "data: " + OpenAiBodies.Error("the engine died") + "\n\n";
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Events(OpenAiBodies.Delta("Hel"), error));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        (await reading.ToEndAsync()).Should().NotBeNull();
        reading.Text.Should().StartWith(OpenAiBodies.Delta("Hel")).And.Contain("the engine died");
    }

    [Fact]
    public async Task Silence_in_the_middle_ends_as_a_cut()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model).With("timeouts", new JsonObject { ["idle"] = 1 }));
        live.Head().Send(OpenAiBodies.Delta("Hel"));

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        (await reading.ToEndAsync()).Should().NotBeNull();
        LastEvent(reading.Text)["error"].Should().NotBeNull();
        await (await live.Started).ClientClosed.WaitAsync(Eventually.DefaultBound);
    }

    private static JsonNode LastEvent(string text)
    {
        var data = text.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal));
        return JsonNode.Parse(data["data: ".Length..])!;
    }
}
