namespace Gateway.Browser.Rigs;

/// <summary>A gateway that lets the pages of one origin call it.</summary>
internal sealed class CrossOriginGateway : IAsyncDisposable
{
    public const string Model = "browsed";

    private CrossOriginGateway(PageServer friend, ScriptedUpstream upstream, GatewayProcess process) => (Friend, Upstream, Process) = (friend, upstream, process);

    /// <summary>The origin that <c>GATEWAY_CORS_ORIGINS</c> names.</summary>
    public PageServer Friend { get; }

    public ScriptedUpstream Upstream { get; }

    public GatewayProcess Process { get; }

    public static async Task<CrossOriginGateway> StartAsync()
    {
        ExternalTool.Require("chromium");
        var friend = await PageServer.StartAsync();
        var upstream = ScriptedUpstream.Start();
        return new CrossOriginGateway(friend, upstream, await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", Model) }.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-browsed-0123456789abcdef"}""", ["GATEWAY_CORS_ORIGINS"] = friend.Origin },
        }));
    }

    /// <summary>JavaScript of the promise of a chat call's response.</summary>
    public async Task<string> FetchChatAsync(bool stream, string? key = null) =>
        $$"""
        fetch('{{Process.Origin}}/v1/chat/completions', {
          method: 'POST',
          headers: {'Authorization': 'Bearer {{key ?? await Process.CallerKeyAsync()}}', 'Content-Type': 'application/json', 'x-stainless-lang': 'js'},
          body: '{{Callers.ChatBody(Model, stream)}}',
        })
        """;

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Upstream.DisposeAsync();
        await Friend.DisposeAsync();
    }
}
