using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Redis;

/// <summary>A real redis-server on a port of its own, without persistence but for what a test saves.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private ChildProcess? process;

    private RedisServer(int port) => Port = port;

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Skips the test where redis-server is not installed.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        var server = Reserve();
        await server.RestartAsync();
        return server;
    }

    /// <summary>An address where nothing listens until <see cref="RestartAsync"/>.</summary>
    public static RedisServer Reserve()
    {
        ExternalTool.Require("redis-server");
        return new(FreePort.Next());
    }

    /// <summary>Starts it anew: empty, or with what was saved last.</summary>
    public async Task RestartAsync(bool keepSaved = false)
    {
        await KillAsync();
        if (!keepSaved)
        {
            File.Delete(folder.File("dump.rdb"));
        }

        process = ChildProcess.Start(
            ExternalTool.Require("redis-server"),
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.Path],
            workingFolder: folder.Path);
        await Eventually.TrueAsync(AnswersAsync, "redis-server answers");
    }

    public async Task KillAsync()
    {
        if (process is not null)
        {
            process.Thaw();
            await process.DisposeAsync();
            process = null;
        }
    }

    public void Freeze() => process!.Freeze();

    public void Thaw() => process!.Thaw();

    /// <summary>One command; the answer as the protocol shows it.</summary>
    public async Task<string> CommandAsync(params string[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()));
        var answer = new byte[64 * 1024];
        var read = await stream.ReadAsync(answer);
        return Encoding.UTF8.GetString(answer, 0, read);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await CommandAsync("PING")).StartsWith("+PONG", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
