using System.Net.Sockets;
using System.Text;
using Gateway.Testing.Tls;

namespace Gateway.Process.Rigs;

/// <summary>The doubles must do what the other tests take for granted.</summary>
public sealed class ScriptedUpstreamTests
{
    [Fact]
    public async Task A_request_is_kept_exactly_as_sent()
    {
        await using var upstream = ScriptedUpstream.Start();
        using var client = new HttpClient();
        using var content = new StringContent("{\"model\":\"m\" , \"x\":1.0}", Encoding.UTF8, "application/json");
        content.Headers.Add("X-Odd", "Value, with comma");

        using var response = await client.PostAsync(upstream.Origin + "/v1/chat/completions?b=2&a=%2F", content);

        var request = upstream.Requests.Single();
        request.Method.Should().Be("POST");
        request.Target.Should().Be("/v1/chat/completions?b=2&a=%2F");
        request["x-odd"].Should().Be("Value, with comma");
        request.BodyText.Should().Be("{\"model\":\"m\" , \"x\":1.0}");
        (await response.Content.ReadAsStringAsync()).Should().Be(OpenAiBodies.Chat("m"));
    }

    [Fact]
    public async Task A_chunked_request_and_a_second_one_on_the_same_connection_are_read()
    {
        await using var upstream = ScriptedUpstream.Start();
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler);
        for (var call = 0; call < 2; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, upstream.Url + "/embeddings") { Content = new ByteArrayContent(new byte[100_000]) };
            request.Headers.TransferEncodingChunked = true;
            using var response = await client.SendAsync(request);
            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        upstream.Requests.Should().OnlyContain(request => request.Body.Length == 100_000 && request.Connection == 1);
    }

    [Theory]
    [InlineData(StreamCut.Reset, true)]
    [InlineData(StreamCut.FinInsideChunk, true)]
    [InlineData(StreamCut.CloseDelimitedEnd, false)]
    [InlineData(StreamCut.CleanEndWithoutMarker, false)]
    public async Task A_cut_looks_to_its_client_as_its_name_says(StreamCut cut, bool raises)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        using var client = new HttpClient();
        using var response = await client.GetAsync(upstream.Url, HttpCompletionOption.ResponseHeadersRead);

        var reading = () => response.Content.ReadAsStringAsync();

        if (raises)
        {
            await reading.Should().ThrowAsync<HttpRequestException>();
        }
        else
        {
            (await reading()).Should().Be(OpenAiBodies.Delta("Hel") + OpenAiBodies.Delta("lo"));
        }
    }

    [Fact]
    public async Task A_client_that_leaves_is_noticed_while_the_script_waits()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, upstream.Port);
            await client.GetStream().WriteAsync("GET /v1 HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the request arrives");
            upstream.Requests.Single().ClientClosed.IsCompleted.Should().BeFalse();
        }

        await upstream.Requests.Single().ClientClosed.WaitAsync(Eventually.DefaultBound);
    }

    [Fact]
    public async Task A_proxy_and_an_authority_bring_a_real_name_to_the_double()
    {
        using var authority = new TestAuthority();
        await using var upstream = ScriptedUpstream.Start(tls: authority.Server("api.example.org"));
        await using var proxy = ConnectProxy.To(upstream.Port);
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy(proxy.Url) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=api.example.org";
        using var client = new HttpClient(handler);

        using var response = await client.GetAsync("https://api.example.org/v1/chat/completions");

        proxy.Targets.Should().Equal("api.example.org:443");
        upstream.Requests.Single().ServerName.Should().Be("api.example.org");
    }
}
