using System.Text.Json.Nodes;

namespace Gateway.Infra.Kubernetes;

/// <summary>The objects below <c>infra/kubernetes</c>.</summary>
internal static class Manifests
{
    public const string Base = "infra/kubernetes/base";
    public const string Try = "infra/kubernetes/overlays/try";

    public static IReadOnlyList<JsonNode> BaseObjects { get; } = Objects(Base);

    /// <summary>The base and what the overlay adds.</summary>
    public static IReadOnlyList<JsonNode> AllObjects { get; } = [.. BaseObjects, .. Objects(Try)];

    public static JsonObject Kustomization(string folder) => Yaml.Single(folder + "/kustomization.yaml");

    public static IEnumerable<JsonNode> OfKind(string kind) => AllObjects.Where(item => item.Text("kind") == kind);

    public static JsonNode Find(string kind, string name) => OfKind(kind).Single(item => NameOf(item) == name);

    public static string NameOf(JsonNode item) => item.Text("metadata", "name")!;

    /// <summary>Objects that make pods.</summary>
    public static IReadOnlyList<Workload> Workloads { get; } =
        [.. AllObjects.Where(item => item.Text("kind") is "StatefulSet" or "Deployment").Select(item => new Workload(item))];

    public static IReadOnlyList<Workload> Ours { get; } = [.. Workloads.Where(workload => workload.Name is "frontend" or "silo")];

    /// <summary>Settings that every process of ours has from the config map.</summary>
    public static Dictionary<string, string> SharedSettings { get; } =
        Kustomization(Base).Items("configMapGenerator").Single().Texts("literals").Select(literal => literal.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static IReadOnlyList<JsonNode> Objects(string folder) =>
        [.. Kustomization(folder).Texts("resources").Where(resource => resource.EndsWith(".yaml", StringComparison.Ordinal)).SelectMany(resource => Yaml.Documents($"{folder}/{resource}"))];
}
