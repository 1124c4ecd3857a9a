using System.Net.Sockets;
using System.Text;

namespace Gateway.Process.Wire;

/// <summary>A gateway and one upstream for requests that no HTTP library would write.</summary>
public sealed class WireGateway : IAsyncLifetime
{
    public const string Model = "wire";

    private GatewayProcess? gateway;

    public GatewayProcess Gateway => gateway!;

    public ScriptedUpstream Upstream { get; } = ScriptedUpstream.Start();

    public string Key { get; private set; } = "";

    private int Port => new Uri(Gateway.Origin).Port;

    public static string Body => Callers.ChatBody(Model);

    public async ValueTask InitializeAsync()
    {
        gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["one"] = ManifestEntries.Live(Upstream.Url, "account", Model) }.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-wire-0123456789abcdef"}""" },
        });
        Key = await gateway.CallerKeyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>A chat request whose last lines before the blank one, and whose body, are given. The connection may be kept.</summary>
    public string Kept(string lines, string body, string target = "/v1/chat/completions", string host = "Host: localhost\r\n") =>
        $"POST {target} HTTP/1.1\r\n{host}Authorization: Bearer {Key}\r\nContent-Type: application/json\r\n{lines}\r\n{body}";

    /// <summary>As <see cref="Kept"/>, and the last one on its connection.</summary>
    public string Post(string lines, string body, string target = "/v1/chat/completions") => Kept(lines + "Connection: close\r\n", body, target);

    public static string Length(string body) => $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n";

    /// <summary>Sends the bytes, one for each character, and reads until the other side ends the connection.</summary>
    public async Task<WireAnswers> SendAsync(string request)
    {
        using var bound = new CancellationTokenSource(Eventually.DefaultBound);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, bound.Token);
        var stream = client.GetStream();
        var received = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), bound.Token);
            await stream.CopyToAsync(received, bound.Token);
        }
        catch (IOException)
        {
            // A reset; what came before it is kept.
        }

        return new WireAnswers(Encoding.Latin1.GetString(received.ToArray()));
    }
}
