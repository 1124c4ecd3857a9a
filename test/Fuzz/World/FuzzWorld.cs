using System.Text.Json.Nodes;
using Gateway.Testing.Identity;

namespace Gateway.Fuzz.World;

/// <summary>The real front-end as a process, the upstream that judges what reaches it, and two identity providers.</summary>
internal sealed class FuzzWorld : IAsyncDisposable
{
    private const string ChangingManifest = "changing.json";

    private readonly TempFolder home;
    private readonly ScriptedUpstream upstream;
    private readonly ScriptedUpstream introspection;
    private readonly TokenIssuer issuer;

    private FuzzWorld(TempFolder home, ScriptedUpstream upstream, ScriptedUpstream introspection, TokenIssuer issuer, GatewayProcess gateway, FuzzCredentials credentials)
    {
        this.home = home;
        this.upstream = upstream;
        this.introspection = introspection;
        this.issuer = issuer;
        Gateway = gateway;
        Credentials = credentials;
        Secrets = new FuzzSecrets(gateway.AdminKey, $"127.0.0.1:{upstream.Port}");
        Port = new Uri(gateway.Origin).Port;
    }

    public GatewayProcess Gateway { get; }

    public FuzzCredentials Credentials { get; }

    public FuzzSecrets Secrets { get; }

    public int Port { get; }

    /// <param name="reply">Answers every inference request that reaches an upstream.</param>
    public static async Task<FuzzWorld> StartAsync(UpstreamReply reply)
    {
        var home = new TempFolder();
        var upstream = ScriptedUpstream.Start(reply, keepRequests: false);
        var introspection = ScriptedUpstream.Start(IntrospectionDouble.Reply, keepRequests: false);
        var issuer = TokenIssuer.Start();
        home.Write(ChangingManifest, """{"fz-first":{"status":"Offline","url":"https://api.example.com/v1","endpoint_id":"none","experts":["fz-a"]}}""");
        var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = home,
            Environment =
            {
                ["METIS_STATUS_URL"] = $"metis={home.Write("status.json", FuzzModels.Manifest(upstream.Origin).ToJsonString())},changing={home.File(ChangingManifest)}",
                ["METIS_API_TOKENS"] = $$"""{"account":"{{FuzzSecrets.ProviderKey}}"}""",
                ["Gateway__Jwt__Issuers__0__Authority"] = issuer.Authority,
                ["Gateway__Jwt__Issuers__0__Audience"] = TokenIssuer.Audience,
                ["Gateway__Jwt__Issuers__0__Alias"] = "lab",
                ["Gateway__Introspection__Url"] = introspection.Origin + "/introspect",
                ["Gateway__Introspection__ClientId"] = "gateway",
                ["Gateway__Introspection__ClientSecret"] = FuzzSecrets.IntrospectionSecret,
                ["Gateway__Introspection__Alias"] = "opaque",
                ["Gateway__Log__Format"] = "json",
                ["Gateway__Log__Level"] = "warning",
            },
        });
        return new FuzzWorld(home, upstream, introspection, issuer, gateway, await FuzzCredentials.CreateAsync(gateway, issuer));
    }

    /// <summary>Puts another manifest beside the one in use and has the gateway read it.</summary>
    public async Task<JsonNode> ChangeManifestAsync(byte[] manifest)
    {
        await File.WriteAllBytesAsync(home.File(ChangingManifest), manifest);
        return await Gateway.RefreshManifestAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await upstream.DisposeAsync();
        await introspection.DisposeAsync();
        await issuer.DisposeAsync();
        home.Dispose();
    }
}
