using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Gateway.Runner;

/// <summary>The processes of one benchmark: an upstream with two endpoints, a bare forwarder, nginx where it is installed, and the gateway.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly List<ChildProcess> processes = [];
    private readonly TempFolder folder = new();

    public required BenchOptions Options { get; init; }

    public GatewayProcess Gateway { get; private set; } = null!;

    public List<Candidate> Candidates { get; } = [];

    public double StartSeconds { get; private set; }

    public string KeysFile => folder.File("keys");

    public string UnaryBody => folder.File("unary.json");

    public string StreamBody => folder.File("stream.json");

    public async Task StartAsync()
    {
        var upstreams = await UpstreamsAsync();
        await BareForwarderAsync(upstreams[0]);
        await NginxAsync(upstreams[0]);
        await GatewayAsync(upstreams);
        var question = string.Join(' ', Enumerable.Repeat("benchmark", 40));
        folder.Write("unary.json", $$"""{"model":"bench","messages":[{"role":"user","content":"{{question}}"}],"stream":false}""");
        folder.Write("stream.json", $$"""{"model":"bench","messages":[{"role":"user","content":"{{question}}"}],"stream":true}""");
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        folder.Dispose();
    }

    private static string Program(string project) =>
        Path.Combine(RepositoryRoot.Path, "artifacts", "bin", project, Path.GetFileName(Path.GetDirectoryName(GatewaySetup.Program))!, $"Gateway.{project}.dll");

    private async Task<string[]> UpstreamsAsync()
    {
        var ports = new[] { FreePort.Next(), FreePort.Next() };
        processes.Add(ChildProcess.Start("dotnet", [Program("Upstream"), "--ports", string.Join(',', ports)]));
        return await Task.WhenAll(ports.Select(port => ListeningAsync($"http://127.0.0.1:{port}")));
    }

    private async Task BareForwarderAsync(string upstream)
    {
        var origin = $"http://127.0.0.1:{FreePort.Next()}";
        var process = ChildProcess.Start("dotnet", [Program("BareForwarder"), "--urls", origin, "--upstream", upstream]);
        processes.Add(process);
        Candidates.Add(new Candidate("bare forwarder", await ListeningAsync(origin), process.Id));
    }

    private async Task NginxAsync(string upstream)
    {
        if (!File.Exists("/usr/sbin/nginx"))
        {
            Console.WriteLine("nginx is not installed: left out");
            return;
        }

        var port = FreePort.Next();
        var template = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "bench", "nginx.conf"));
        var configuration = folder.Write("nginx.conf", template
            .Replace("@FOLDER@", folder.Path, StringComparison.Ordinal)
            .Replace("@PORT@", $"{port}", StringComparison.Ordinal)
            .Replace("@UPSTREAM@", new Uri(upstream).Authority, StringComparison.Ordinal));
        var process = ChildProcess.Start("/usr/sbin/nginx", ["-c", configuration, "-p", folder.Path]);
        processes.Add(process);
        Candidates.Add(new Candidate("nginx", await ListeningAsync($"http://127.0.0.1:{port}"), process.Id));
    }

    private async Task GatewayAsync(string[] upstreams)
    {
        var manifest = new JsonObject();
        foreach (var (place, origin) in upstreams.Index())
        {
            manifest[$"upstream-{place}"] = ManifestEntries.Live(origin + "/v1", $"account-{place}", "bench", "slow");
        }

        var began = Stopwatch.GetTimestamp();
        Gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = manifest.ToJsonString(),
            Environment =
            {
                ["METIS_API_TOKENS"] = """{"account-0":"sk-0","account-1":"sk-1"}""",
                ["GATEWAY_LIMITS"] = Options.Limits ? """{"default:user":{"requests_per_minute":1000000,"tokens_per_minute":1000000000}}""" : "{}",
            },
        });
        StartSeconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Candidates.Add(new Candidate("gateway", Gateway.Origin, Gateway.Process.Id));
        var keys = new string[Options.Keys];
        await Parallel.ForAsync(0, keys.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
            keys[number] = (await Gateway.CreateKeyAsync(new JsonObject { ["name"] = $"bench-{number}", ["owner"] = $"user-{number}" }))["key"]!.GetValue<string>());
        folder.Write("keys", string.Join('\n', keys) + "\n");
    }

    private static async Task<string> ListeningAsync(string origin)
    {
        var address = new Uri(origin);
        await Eventually.TrueAsync(
            async () =>
            {
                using var client = new System.Net.Sockets.TcpClient();
                try
                {
                    await client.ConnectAsync(address.Host, address.Port);
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return false;
                }
            },
            $"{origin} listens");
        return origin;
    }
}
