using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Bench.Limits;

/// <summary>Three silos and some front-ends over Redis and PostgreSQL, before an upstream that costs next to nothing.</summary>
internal sealed class LimitsStage : IAsyncDisposable
{
    public const string Model = "bench";

    /// <summary>The one user with a large limit.</summary>
    public const string Heavy = "heavy";

    private const int Silos = 3;

    private readonly ChildProcess upstream;

    private LimitsStage(ChildProcess upstream, ClusterRig rig) => (this.upstream, Rig) = (upstream, rig);

    public ClusterRig Rig { get; }

    public string[] Origins => [.. Rig.FrontEnds.Select(node => node.Origin)];

    public static async Task<LimitsStage> StartAsync(LimitsOptions options)
    {
        var port = FreePort.Next();
        var upstream = ChildProcess.Start("dotnet", [Path.Combine(Programs.Folder, "Upstream", Path.GetFileName(Path.GetDirectoryName(Programs.Api))!, "Gateway.Upstream.dll"), "--ports", $"{port}"]);
        var limits = new JsonObject
        {
            ["user:" + Heavy] = new JsonObject { ["requests_per_minute"] = options.Limit },
            ["default:user"] = new JsonObject { ["requests_per_minute"] = 6 },
        };
        var rig = await ClusterRig.StartAsync(new ClusterSetup
        {
            Silos = Silos,
            FrontEnds = options.FrontEnds,
            Manifest = new JsonObject { ["only"] = ManifestEntries.Live($"http://127.0.0.1:{port}/v1", "account", Model) }.ToJsonString(),
            Environment = new Dictionary<string, string>
            {
                ["METIS_API_TOKENS"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["account"] = "sk-bench" }),
                ["GATEWAY_LIMITS"] = limits.ToJsonString(),
            },
        });
        return new LimitsStage(upstream, rig);
    }

    /// <summary>A key of the user's own, which every front-end knows.</summary>
    public async Task<string> CreateKeyAsync(string user)
    {
        var (_, key) = await Rig.FrontEnds[0].CreateKeyAsync(new JsonObject { ["name"] = user, ["owner"] = user });
        return key;
    }

    /// <summary>Over all front-ends, as soon as each has told what it counted until now.</summary>
    public async Task<(long ByRequests, long Background)> GrainCallsAsync()
    {
        // A node tells its counts once a second.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        var nodes = (await Rig.FrontEnds[0].AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["nodes"]!.AsArray();
        return (nodes.Sum(node => node!["grain_calls"]!["by_requests"]!.GetValue<long>()), nodes.Sum(node => node!["grain_calls"]!["background"]!.GetValue<long>()));
    }

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        await upstream.DisposeAsync();
    }
}
