using Gateway.Process.Rigs;

namespace Gateway.Process.Streams;

public sealed class UsageChunkTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task Usage_is_asked_for_and_its_chunk_hidden_when_the_caller_did_not_ask()
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Chat("Hi"));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        (await reading.ToEndAsync()).Should().BeNull();
        upstream.Requests.Single().Property("stream_options")!.Value.GetProperty("include_usage").GetBoolean().Should().BeTrue();
        reading.Text.Should().Be(OpenAiBodies.Delta("H", model) + OpenAiBodies.Delta("i", model) + OpenAiBodies.Finish(model) + OpenAiBodies.Done);
    }

    [Fact]
    public async Task The_chunk_stays_when_the_caller_asked()
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Chat("Hi"));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var body = $$$"""{"model":"{{{model}}}","messages":[],"stream":true,"stream_options":{"include_usage":true}}""";

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model, body);

        (await reading.ToEndAsync()).Should().BeNull();
        upstream.Requests.Single().BodyText.Should().Be(body);
        reading.Text.Should().Contain("\"usage\":" + OpenAiBodies.Usage);
    }

    [Fact]
    public async Task Azures_first_chunk_without_choices_is_not_taken_for_usage()
    {
        const string first = "data: {\"choices\":[],\"model\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n";
        await using var upstream = ScriptedUpstream.Start(
            StreamReplies.Events(first, OpenAiBodies.Delta("a"), OpenAiBodies.Finish(), OpenAiBodies.UsageChunk(), OpenAiBodies.Done));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        (await reading.ToEndAsync()).Should().BeNull();
        reading.Text.Should().Be(first + OpenAiBodies.Delta("a") + OpenAiBodies.Finish() + OpenAiBodies.Done);
    }

    [Fact]
    public async Task An_upstream_that_rejects_the_option_is_asked_once_without_it_and_remembered()
    {
        await using var upstream = ScriptedUpstream.Start(exchange =>
            exchange.Request.BodyText.Contains("stream_options", StringComparison.Ordinal)
                ? Replies.Json(400, OpenAiBodies.Error("Unrecognized request argument supplied: stream_options", "invalid_request_error", "unknown_parameter"))(exchange)
                : StreamReplies.Chat("Hi")(exchange));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        for (var call = 0; call < 2; call++)
        {
            await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);
            (await reading.ToEndAsync()).Should().BeNull();
            reading.Text.Should().EndWith(OpenAiBodies.Done);
        }

        upstream.Requests.Select(request => request.Property("stream_options") is not null).Should().Equal(true, false, false);
    }
}
