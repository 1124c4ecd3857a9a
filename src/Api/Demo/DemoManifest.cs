using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Grains.Manifests;
using Gateway.Silo.DataDirectories;

namespace Gateway.Api.Demo;

/// <summary>The demo's status manifest: a file like any other, so that everything after the start treats it like one.</summary>
internal static class DemoManifest
{
    /// <summary>Name of the source: another one than a configured manifest has, so that its last good copy is never taken for one.</summary>
    private const string SourceName = "demo";

    public static void Configure(ManifestOptions options, DataDirectory data)
    {
        options.Sources = [new ManifestSource(SourceName, new UriBuilder(Uri.UriSchemeFile, "") { Path = data.DemoManifestPath }.Uri, null)];
        options.AllowPrivateUpstreams = true;
    }

    public static string Write(IReadOnlyList<DemoEndpoint> endpoints)
    {
        var manifest = new JsonObject();
        foreach (var endpoint in endpoints)
        {
            manifest[$"demo-{endpoint.Name}"] = new JsonObject
            {
                ["status"] = "Live",
                ["model"] = $"Demo {endpoint.Name}",
                ["description"] = "Answers from the gateway process itself",
                ["experts"] = new JsonArray([.. DemoModels.All.Select(model => JsonValue.Create(model))]),
                ["url"] = $"{endpoint.Address}/v1",
                ["endpoint_id"] = $"demo-{endpoint.Name}",
                ["auth"] = "none",
                ["prices"] = new JsonObject { ["input"] = 0, ["output"] = 0 },
                ["cluster"] = "metis",
            };
        }

        return manifest.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}

/// <param name="Name">Shown in answers, so that balancing can be watched.</param>
/// <param name="Address">Scheme, host and port.</param>
internal sealed record DemoEndpoint(string Name, string Address);
