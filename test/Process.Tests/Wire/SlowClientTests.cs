using System.Net.Sockets;
using System.Text;

namespace Gateway.Process.Wire;

/// <summary>Clients that keep a connection and give nothing for it.</summary>
public sealed class SlowClientTests(ImpatientGateway shared) : IClassFixture<ImpatientGateway>
{
    private readonly GatewayProcess gateway = shared.Process;
    private readonly ScriptedUpstream upstream = shared.Upstream;

    private int Port => new Uri(gateway.Origin).Port;

    [Theory]
    [InlineData("")]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Never: ")]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task Who_does_not_finish_a_request_or_begin_another_is_let_go(string beginning)
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));

        (await UntilClosedAsync(client)).Should().Match(text => text.Length == 0 || text.StartsWith("HTTP/1.1 408") || text.StartsWith("HTTP/1.1 200"));
    }

    [Fact]
    public async Task A_body_that_drips_is_answered_408()
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {await gateway.CallerKeyAsync()}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{{"));

        (await UntilClosedAsync(client)).Should().StartWith("HTTP/1.1 408").And.Contain("request_timeout");
        upstream.Requests.Should().NotContain(request => request.Body.Length < 10);
    }

    [Fact]
    public async Task A_stream_that_is_not_read_ends_and_so_does_its_upstream()
    {
        upstream.ClearRequests();
        var written = 0L;
        upstream.Reply = async exchange =>
        {
            await exchange.WriteAsync(StreamReplies.ChunkedHead);
            var chunk = Encoding.UTF8.GetBytes(OpenAiBodies.Delta(new string('x', 60_000)));
            while (!exchange.Request.ClientClosed.IsCompleted)
            {
                await exchange.WriteChunkAsync(chunk);
                Interlocked.Add(ref written, chunk.Length);
            }
        };
        using var client = await ConnectAsync(receiveBuffer: 4096);
        var body = Callers.ChatBody("m", stream: true);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {await gateway.CallerKeyAsync()}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the upstream is asked");
        await upstream.Requests.Single().ClientClosed.WaitAsync(2 * Eventually.DefaultBound);

        // What the sockets between the two hold, and nothing like what an upstream can send in that time.
        Interlocked.Read(ref written).Should().BeLessThan(64 << 20);
    }

    [Fact]
    public async Task Further_connections_than_allowed_are_closed_at_once_and_the_others_serve()
    {
        var held = new List<TcpClient>();
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    var client = await ConnectAsync();
                    held.Add(client);
                    return await IsClosedAsync(client);
                },
                "a connection is one too many");

            held.Count.Should().BeLessThan(4 * ImpatientGateway.MostConnections);
        }
        finally
        {
            held.ForEach(client => client.Dispose());
        }

        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await gateway.Client.GetAsync("/health/live");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "there is room again");
    }

    private async Task<TcpClient> ConnectAsync(int? receiveBuffer = null)
    {
        var client = new TcpClient();
        client.ReceiveBufferSize = receiveBuffer ?? client.ReceiveBufferSize;
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return client;
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], soon.Token) == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<string> UntilClosedAsync(TcpClient client)
    {
        using var bound = new CancellationTokenSource(Eventually.DefaultBound);
        var received = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(received, bound.Token);
        }
        catch (IOException)
        {
            // A reset; what came before it is kept.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }
}
