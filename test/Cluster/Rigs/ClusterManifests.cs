namespace Gateway.Cluster.Rigs;

/// <summary>Manifests and provider keys of these tests.</summary>
internal static class ClusterManifests
{
    public const string Model = "baseline";

    private const string Account = "account";

    public static JsonObject Entry(string url, string model) => ManifestEntries.Live(url, Account, model);

    public static string OneEntry(ScriptedUpstream upstream) => new JsonObject { ["only"] = Entry(upstream.Url, Model) }.ToJsonString();

    public static Dictionary<string, string> Settings(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string> { ["METIS_API_TOKENS"] = $$"""{"{{Account}}":"sk-provider-0123456789abcdef"}""" };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}
