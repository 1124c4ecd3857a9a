using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateway.Infra.Kubernetes;

/// <summary>An object that makes pods, all of one container.</summary>
internal sealed class Workload(JsonNode item)
{
    public JsonNode Item { get; } = item;

    public string Name => Manifests.NameOf(Item);

    public JsonNode Pod => Item.At("spec", "template", "spec")!;

    public JsonNode Container => Pod.Items("containers").Single();

    public Dictionary<string, string> Labels => Item.Map("spec", "template", "metadata", "labels");

    public Dictionary<string, int> Ports =>
        Container.Items("ports").ToDictionary(port => port.Text("name")!, port => int.Parse(port.Text("containerPort")!, CultureInfo.InvariantCulture));

    /// <summary>Names and values; a value that is taken from elsewhere is empty.</summary>
    public Dictionary<string, string> Environment => Container.Items("env").ToDictionary(entry => entry.Text("name")!, entry => entry.Text("value") ?? "");

    /// <summary>Secrets by the folder at which they are mounted.</summary>
    public Dictionary<string, string> SecretFolders => Mounts.Where(mount => Volumes[mount.Value]["secret"] is not null)
        .ToDictionary(mount => mount.Key, mount => Volumes[mount.Value].Text("secret", "secretName")!);

    /// <summary>Names of volumes by path.</summary>
    public Dictionary<string, string> Mounts => Container.Items("volumeMounts").ToDictionary(mount => mount.Text("mountPath")!, mount => mount.Text("name")!);

    public Dictionary<string, JsonNode> Volumes =>
        Pod.Items("volumes").Concat(Item.Items("spec", "volumeClaimTemplates").Select(claim => claim["metadata"]!)).ToDictionary(volume => volume.Text("name")!);

    public bool IsSelectedBy(Dictionary<string, string> selector) => selector.Count > 0 && selector.All(label => Labels.GetValueOrDefault(label.Key) == label.Value);

    public override string ToString() => Name;
}
