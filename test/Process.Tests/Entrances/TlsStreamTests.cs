using Gateway.Process.Rigs;

namespace Gateway.Process.Entrances;

public sealed class TlsStreamTests(TlsGateway shared) : IClassFixture<TlsGateway>
{
    public static TheoryData<StreamCut, string> Cuts()
    {
        var data = new TheoryData<StreamCut, string>();
        foreach (var cut in Enum.GetValues<StreamCut>())
        {
            data.Add(cut, "2.0");
            data.Add(cut, "1.1");
        }

        return data;
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_cut_stream_ends_torn(StreamCut cut, string version)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        using var client = shared.Client(Version.Parse(version));

        await using var reading = await StreamReading.OpenAsync(client, await shared.Gateway.CallerKeyAsync(), model);

        reading.Response.Version.ToString().Should().Be(version);
        (await reading.ToEndAsync()).Should().NotBeNull("a clean end would pass for a whole answer; received: {0}", reading.Text);
        reading.Text.Should().NotContain("[DONE]");
        if (version == "1.1")
        {
            reading.Text.Should().StartWith(OpenAiBodies.Delta("Hel") + OpenAiBodies.Delta("lo")).And.Contain("data: {\"error\":");
        }

        // On HTTP/2 a reset makes the client drop what it has not read yet, so one that reads late sees the reset alone.
    }

    [Fact]
    public async Task On_HTTP_2_the_other_streams_of_the_connection_go_on()
    {
        var live = new LiveStream();
        await using var lasting = ScriptedUpstream.Start(live.Reply);
        await using var cutting = ScriptedUpstream.Start(StreamReplies.Cut(StreamCut.Reset));
        var lastingModel = await shared.PublishInOrderAsync(lasting.Url);
        var cutModel = await shared.PublishInOrderAsync(cutting.Url);
        using var client = shared.Client(HttpVersion.Version20);
        var key = await shared.Gateway.CallerKeyAsync();
        live.Head().Send(OpenAiBodies.Delta("first"));
        await using var other = await StreamReading.OpenAsync(client, key, lastingModel);
        await other.UntilAsync(text => text.Contains("first", StringComparison.Ordinal), "the first event");

        await using var reading = await StreamReading.OpenAsync(client, key, cutModel);
        (await reading.ToEndAsync()).Should().NotBeNull();

        live.Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();
        (await other.ToEndAsync()).Should().BeNull();
        other.Text.Should().EndWith(OpenAiBodies.Done);
    }

    [Fact]
    public async Task A_whole_stream_arrives_whole()
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Chat("Hi"));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        using var client = shared.Client(HttpVersion.Version20);

        await using var reading = await StreamReading.OpenAsync(client, await shared.Gateway.CallerKeyAsync(), model);

        (await reading.ToEndAsync()).Should().BeNull();
        reading.Text.Should().EndWith(OpenAiBodies.Done);
    }
}
