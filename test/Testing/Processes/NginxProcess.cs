using System.Net.Sockets;

namespace Gateway.Testing.Processes;

/// <summary><c>infra/nginx/nginx.conf</c> as it is deployed, on loopback, in front of the given front-ends.</summary>
public sealed class NginxProcess : IAsyncDisposable
{
    private readonly TempFolder folder;
    private readonly ChildProcess process;

    private NginxProcess(TempFolder folder, ChildProcess process, int port)
    {
        this.folder = folder;
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public string Origin => $"http://127.0.0.1:{Port}";

    /// <summary>Access and error log.</summary>
    public string Output => process.AllOutput;

    /// <summary>Writes the two files that differ from place to place beside a copy of the configuration.</summary>
    /// <param name="folder">An empty folder, also the prefix of the process.</param>
    /// <param name="port">On loopback.</param>
    /// <param name="frontends">As <c>host:port</c>.</param>
    public static string Prepare(TempFolder folder, int port, params IReadOnlyCollection<string> frontends)
    {
        folder.Write("listen.conf", $"listen 127.0.0.1:{port};\n");
        folder.Write("frontends.conf", string.Concat(frontends.Select(frontend => $"server {frontend} max_fails=2 fail_timeout=1s;\n")));
        return folder.Write("nginx.conf", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "infra", "nginx", "nginx.conf")));
    }

    /// <summary>Starts it and waits until it takes connections. Skips the test where nginx is not installed.</summary>
    public static Task<NginxProcess> StartAsync(params IReadOnlyCollection<string> frontends) => StartOnAsync(FreePort.Next(), frontends);

    /// <inheritdoc cref="StartAsync"/>
    /// <param name="port">On loopback.</param>
    /// <param name="frontends">As <c>host:port</c>.</param>
    public static async Task<NginxProcess> StartOnAsync(int port, IReadOnlyCollection<string> frontends)
    {
        var program = ExternalTool.Require("nginx");
        var folder = new TempFolder();
        var configuration = Prepare(folder, port, frontends);
        var nginx = new NginxProcess(folder, ChildProcess.Start(program, ["-p", folder.Path + "/", "-c", configuration]), port);
        try
        {
            await Eventually.TrueAsync(nginx.TakesConnectionsAsync, "nginx takes connections");
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }

    private async Task<bool> TakesConnectionsAsync()
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException($"nginx ended with exit code {process.ExitCode}: {Output}");
        }

        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
