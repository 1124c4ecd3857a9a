using System.Text.Json;

namespace Gateway.Cluster.Rigs;

/// <summary>Manifests and provider keys of these tests.</summary>
internal static class ClusterManifests
{
    public const string Model = "baseline";

    private const int Accounts = 100;

    /// <param name="account">Below 100. A key belongs to one origin, so each upstream needs an account of its own.</param>
    public static JsonObject Entry(string url, string model, int account = 0) => ManifestEntries.Live(url, $"account-{account}", model);

    public static string OneEntry(ScriptedUpstream upstream) => new JsonObject { ["only"] = Entry(upstream.Url, Model) }.ToJsonString();

    public static Dictionary<string, string> Settings(params (string Name, string Value)[] more)
    {
        var keys = Enumerable.Range(0, Accounts).ToDictionary(account => $"account-{account}", account => $"sk-provider-{account}-0123456789abcdef");
        var settings = new Dictionary<string, string> { ["METIS_API_TOKENS"] = JsonSerializer.Serialize(keys) };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}
