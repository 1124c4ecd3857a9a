using System.Text.Json;

namespace Gateway.Process.Rigs;

/// <summary>
/// One gateway for the tests of a class. Each test publishes entries of its own, with models and accounts that no other
/// test uses, so that they share a process and nothing else.
/// </summary>
public class SharedGateway : IAsyncLifetime
{
    private const int Accounts = 200;

    private readonly SemaphoreSlim publishing = new(1);
    private readonly JsonObject entries = [];
    private readonly ScriptedUpstream baseline = ScriptedUpstream.Start();
    private GatewayProcess? gateway;
    private int names;

    public GatewayProcess Gateway => gateway!;

    protected virtual Dictionary<string, string> Environment => [];

    protected virtual (string Certificate, string Key)? Tls => null;

    /// <summary>The key configured for an account.</summary>
    public static string KeyOf(string account) => $"sk-provider-{account}-0123456789abcdef";

    public async ValueTask InitializeAsync()
    {
        entries["baseline"] = ManifestEntries.Live(baseline.Url, "account-0", "baseline");
        var keys = Enumerable.Range(0, Accounts).Select(n => $"account-{n}").ToDictionary(account => account, KeyOf);
        var environment = new Dictionary<string, string>(Environment) { ["METIS_API_TOKENS"] = JsonSerializer.Serialize(keys) };
        gateway = await GatewayProcess.StartAsync(new GatewaySetup { Manifest = entries.ToJsonString(), Environment = environment, Tls = Tls });
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (gateway is not null)
        {
            await gateway.DisposeAsync();
        }

        await baseline.DisposeAsync();
        publishing.Dispose();
        GC.SuppressFinalize(this);
    }

    public string NewModel() => $"model-{Interlocked.Increment(ref names)}";

    /// <summary>A Live entry of the upstream with an account of its own.</summary>
    public JsonObject Entry(string url, params string[] models) => ManifestEntries.Live(url, $"account-{Interlocked.Increment(ref names) % Accounts}", models);

    public JsonObject Entry(ScriptedUpstream upstream, params string[] models) => Entry(upstream.Url, models);

    /// <summary>Adds entries to the manifest, waits until they are in force and answers with their ids.</summary>
    public async Task<string[]> PublishAsync(params JsonObject[] added)
    {
        await publishing.WaitAsync();
        try
        {
            var ids = added.Select(_ => $"entry-{Interlocked.Increment(ref names)}").ToArray();
            foreach (var (id, entry) in ids.Zip(added))
            {
                entries[id] = entry;
            }

            await WriteAsync();
            return ids;
        }
        finally
        {
            publishing.Release();
        }
    }

    public async Task ChangeAsync(string id, Action<JsonObject> change)
    {
        await publishing.WaitAsync();
        try
        {
            change(entries[id]!.AsObject());
            await WriteAsync();
        }
        finally
        {
            publishing.Release();
        }
    }

    /// <summary>A model served by the given upstreams, tried in this order.</summary>
    public async Task<string> PublishInOrderAsync(params string[] urls)
    {
        var model = NewModel();
        await PublishAsync(urls.Select((url, place) => Entry(url, model).With("priority", place).With("timeouts", Impatient())).ToArray());
        return model;
    }

    public static JsonObject Impatient() => new() { ["connect"] = 2, ["first_byte"] = 2, ["idle"] = 20, ["total"] = 30 };

    private async Task WriteAsync()
    {
        Gateway.Home.Write("status.json", entries.ToJsonString());
        var manifest = await Gateway.RefreshManifestAsync();
        manifest["rejected"]!.AsArray().Should().BeEmpty();
        var version = manifest["version"]!.GetValue<long>();
        await Eventually.TrueAsync(
            async () => (await Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["manifest_version"]?.GetValue<long>() >= version,
            "the node follows the manifest");
        await Eventually.TrueAsync(ServesAllAsync, "every Live model is listed");
    }

    private async Task<bool> ServesAllAsync()
    {
        using var answer = await Gateway.GetAsync("/v1/models");
        var listed = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()).ToHashSet();
        return entries.Where(entry => entry.Value!["status"]!.GetValue<string>() == "Live" && entry.Value["allowed_groups"] is null)
            .SelectMany(entry => entry.Value!["experts"]!.AsArray())
            .All(expert => listed.Contains(expert!.GetValue<string>()));
    }
}
