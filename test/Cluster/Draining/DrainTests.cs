using System.Net.Sockets;
using System.Text;
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
    public async Task A_connection_that_was_taken_before_the_listeners_closed_is_still_served()
    {
        var (_, key) = await Shared.B.CreateKeyAsync("just-in-time");
        Shared.B.Process.Terminate();
        await Eventually.TrueAsync(async () => await Shared.B.HealthAsync("/health/ready") is { Status: HttpStatusCode.ServiceUnavailable }, "it drains", Promises.Broadcast);
        var taken = new List<TcpClient>();
        try
        {
            await Eventually.TrueAsync(async () => !await TryTakeAsync(taken), "new connections are refused", Promises.Failover);

            // As long as the request of a balancer that has just connected may be on its way to a busy machine.
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            var answer = await SendAsync(taken[^1], $"GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\r\n");

            answer.Should().StartWith("HTTP/1.1 200").And.Contain("Connection: close");
        }
        finally
        {
            taken.ForEach(connection => connection.Dispose());
        }

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

    private async Task<bool> TryTakeAsync(List<TcpClient> taken)
    {
        var connection = new TcpClient();
        try
        {
            var address = new Uri(Shared.B.Origin);
            await connection.ConnectAsync(address.Host, address.Port);
            taken.Add(connection);
            return true;
        }
        catch (SocketException)
        {
            connection.Dispose();
            return false;
        }
    }

    /// <summary>All that comes until the other side closes.</summary>
    private static async Task<string> SendAsync(TcpClient connection, string request)
    {
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(Promises.Failover);
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
