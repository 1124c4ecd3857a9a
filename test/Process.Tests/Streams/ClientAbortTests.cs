using Gateway.Process.Rigs;

namespace Gateway.Process.Streams;

public sealed class ClientAbortTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    // Promised within one second; a busy machine gets five times that.
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_stream_that_the_client_leaves_is_closed_upstream()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = await shared.PublishInOrderAsync(upstream.Url);
        live.Head().Send(OpenAiBodies.Delta("Hel"));
        var reading = await StreamReading.OpenAsync(shared.Gateway, model);
        await reading.UntilAsync(text => text.Contains("Hel", StringComparison.Ordinal), "the first event");

        await reading.DisposeAsync();

        await (await live.Started).ClientClosed.WaitAsync(Promise);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_request_that_the_client_leaves_before_any_answer_is_closed_upstream(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model));
        using var leaving = new CancellationTokenSource();
        var call = shared.Gateway.ChatAsync(model, stream, leaving.Token);
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the request arrives");

        await leaving.CancelAsync();

        await upstream.Requests.Single().ClientClosed.WaitAsync(Promise);
        await call.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Clients_that_leave_do_not_open_the_circuit()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        var model = shared.NewModel();
        var ids = await shared.PublishAsync(shared.Entry(upstream, model));
        for (var call = 1; call <= 8; call++)
        {
            using var leaving = new CancellationTokenSource();
            var request = shared.Gateway.ChatAsync(model, cancellationToken: leaving.Token);
            await Eventually.TrueAsync(() => upstream.Requests.Count == call, "the request arrives");
            await leaving.CancelAsync();
            await request.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        }

        await Eventually.TrueAsync(
            async () => (await shared.Gateway.AdminJsonAsync(HttpMethod.Get, $"/admin/endpoints/{ids[0]}")) is not null,
            "the endpoint is described");
        var endpoints = await shared.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/endpoints");
        endpoints["data"]!.AsArray().Single(entry => entry!["id"]!.GetValue<string>() == ids[0])!["circuit"]!.GetValue<string>().Should().Be("closed");
    }
}
