using Gateway.Process.Rigs;

namespace Gateway.Process.Streams;

public sealed class QuickKeepAliveGateway : SharedGateway
{
    protected override Dictionary<string, string> Environment => new() { ["Gateway__Stream__KeepAliveSeconds"] = "1" };
}

public sealed class KeepAliveTests(QuickKeepAliveGateway shared) : IClassFixture<QuickKeepAliveGateway>
{
    [Fact]
    public async Task Silence_between_events_is_filled_and_silence_inside_an_event_is_not()
    {
        var between = new LiveStream();
        var inside = new LiveStream();
        await using var betweenUpstream = ScriptedUpstream.Start(between.Reply);
        await using var insideUpstream = ScriptedUpstream.Start(inside.Reply);
        var betweenModel = await shared.PublishInOrderAsync(betweenUpstream.Url);
        var insideModel = await shared.PublishInOrderAsync(insideUpstream.Url);
        var large = OpenAiBodies.Delta(new string('y', 200_000));
        inside.Head().Send(OpenAiBodies.Delta("Hel")).Send(large[..150_000]);
        await using var insideReading = await StreamReading.OpenAsync(shared.Gateway, insideModel);
        await insideReading.UntilAsync(text => text.Contains("Hel", StringComparison.Ordinal), "the event before the torn one");

        between.Head().Send(OpenAiBodies.Delta("Hel"));
        await using var betweenReading = await StreamReading.OpenAsync(shared.Gateway, betweenModel);
        await betweenReading.UntilAsync(text => Comments(text) >= 3, "three keep-alives");

        inside.Send(large[150_000..]).Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();
        (await insideReading.ToEndAsync()).Should().BeNull();
        insideReading.Text.Should().Be(OpenAiBodies.Delta("Hel") + large + OpenAiBodies.Finish() + OpenAiBodies.Done);
        between.Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();
        (await betweenReading.ToEndAsync()).Should().BeNull();
        betweenReading.Text.Replace(": keep-alive\n\n", "", StringComparison.Ordinal).Should().Be(OpenAiBodies.Delta("Hel") + OpenAiBodies.Finish() + OpenAiBodies.Done);
    }

    [Fact]
    public async Task A_wait_for_headers_is_filled_and_may_still_fail_over()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = ScriptedUpstream.Start(Replies.When(released.Task, Replies.Status(503)));
        await using var other = ScriptedUpstream.Start(StreamReplies.Chat("Hi"));
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(slow, model).With("priority", 0), shared.Entry(other, model).With("priority", 1));

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);
        reading.Response.StatusCode.Should().Be(HttpStatusCode.OK);
        await reading.UntilAsync(text => Comments(text) >= 1, "a keep-alive");
        released.SetResult();

        (await reading.ToEndAsync()).Should().BeNull();
        reading.Text.Should().EndWith(OpenAiBodies.Done).And.Contain(OpenAiBodies.Delta("H", model));
    }

    [Fact]
    public async Task A_unary_answer_is_never_preceded_by_keep_alives()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = ScriptedUpstream.Start(Replies.When(released.Task, Replies.OpenAi()));
        var live = new LiveStream();
        await using var clock = ScriptedUpstream.Start(live.Reply);
        var model = await shared.PublishInOrderAsync(slow.Url);
        var clockModel = await shared.PublishInOrderAsync(clock.Url);
        var unary = shared.Gateway.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[]}""");
        live.Head().Send(OpenAiBodies.Delta("tick"));
        await using var ticking = await StreamReading.OpenAsync(shared.Gateway, clockModel);
        await ticking.UntilAsync(text => Comments(text) >= 2, "two keep-alives elsewhere");

        unary.IsCompleted.Should().BeFalse();
        released.SetResult();
        using var response = await unary;

        (await response.Content.ReadAsStringAsync()).Should().Be(OpenAiBodies.Chat(model));
    }

    private static int Comments(string text) => text.Split('\n').Count(line => line.StartsWith(':'));
}
