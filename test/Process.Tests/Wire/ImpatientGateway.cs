using System.Globalization;

namespace Gateway.Process.Wire;

/// <summary>A gateway that has little patience with its clients.</summary>
public sealed class ImpatientGateway : IAsyncLifetime
{
    public const int MostConnections = 12;

    private GatewayProcess? process;

    public GatewayProcess Process => process!;

    public ScriptedUpstream Upstream { get; } = ScriptedUpstream.Start();

    public async ValueTask InitializeAsync() => process = await GatewayProcess.StartAsync(new GatewaySetup
    {
        Manifest = new JsonObject { ["one"] = ManifestEntries.Live(Upstream.Url, "account", "m") }.ToJsonString(),
        Environment =
        {
            ["METIS_API_TOKENS"] = """{"account":"sk-0123456789abcdef"}""",
            ["Gateway__Http__HeadersTimeoutSeconds"] = "1",
            ["Gateway__Http__KeepAliveSeconds"] = "2",
            ["Gateway__Http__MinRequestBytesPerSecond"] = "1000000",
            ["Gateway__Http__MinResponseBytesPerSecond"] = "100000000",
            ["Gateway__Http__MaxConnections"] = MostConnections.ToString(CultureInfo.InvariantCulture),
        },
    });

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
