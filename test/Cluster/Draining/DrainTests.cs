using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Draining;

public sealed class DrainTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task A_stopping_front_end_says_so_serves_on_ends_connections_and_finishes_its_streams()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = Shared.NewName("model");
        var (_, key) = await Shared.B.CreateKeyAsync("stayer");
        Shared.Add(upstream.Url, model);
        await Eventually.TrueAsync(async () => await ListsAsync(key, model), "the model is listed", Promises.Failover);
        live.Head().Send(Event("begun"));
        using var answer = await Shared.B.ChatAsync(model, key, stream: true);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);

        Shared.B.Process.Terminate();

        await Eventually.TrueAsync(async () => await Shared.B.HealthAsync("/health/ready") is { Status: HttpStatusCode.ServiceUnavailable, Body: var body } && body.Contains("draining"), "it says that it drains", Promises.Broadcast);
        using (var late = await Shared.B.ChatAsync(SharedCluster.Baseline, key))
        {
            late.StatusCode.Should().Be(HttpStatusCode.OK);
            late.Headers.ConnectionClose.Should().BeTrue();
        }

        await Eventually.TrueAsync(async () => await Shared.B.HealthAsync("/health/live") is null, "new connections are refused", Promises.Failover);
        live.Send(Event("ended")).Send("data: [DONE]\n\n").End();
        var text = await answer.Content.ReadAsStringAsync();
        text.Should().Contain("begun").And.Contain("ended").And.EndWith("data: [DONE]\n\n");
        (await Shared.B.Process.ExitAsync(Promises.Failover)).Should().Be(0, Shared.B.Output);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        Shared.B.Process.Terminate();
        await Eventually.TrueAsync(async () => await Shared.B.HealthAsync("/health/ready") is { Status: HttpStatusCode.ServiceUnavailable }, "it drains", Promises.Broadcast);

        Shared.B.Process.Terminate();

        (await Shared.B.Process.ExitAsync(Promises.Failover)).Should().Be(130);
    }

    private static string Event(string content) => $$$"""data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"{{{content}}}"}}]}""" + "\n\n";

    private async Task<bool> ListsAsync(string key, string model)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await Shared.B.Client.SendAsync(request);
        return (await answer.Content.ReadAsStringAsync()).Contains($"\"{model}\"");
    }
}
