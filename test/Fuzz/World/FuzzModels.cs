using System.Text.Json.Nodes;

namespace Gateway.Fuzz.World;

/// <summary>The entries that the gateway serves, by what may be done to them.</summary>
internal static class FuzzModels
{
    public const string Forbidden = "forbidden";
    public const string Offline = "offline";
    public const string Alias = "public-alias";
    public const string AliasTarget = "real/upstream-model";
    public const string Odd = "org/ünï 日本:v1";

    private const int PlainCount = 12;
    private const int PairCount = 6;
    private const int CoolCount = 60;
    private const int SilentCount = 8;

    /// <summary>One entry each; nothing happens to them after which they would be left alone.</summary>
    public static readonly string[] Plain = [.. Enumerable.Range(0, PlainCount).Select(n => $"plain-{n}"), Alias, Odd];

    /// <summary>Two entries each.</summary>
    public static readonly string[] Pairs = Names("pair", PairCount);

    /// <summary>Rate limits, used-up quotas and refused keys happen here only.</summary>
    public static readonly string[] Cooling = Names("cool", CoolCount);

    /// <summary>With short timeouts.</summary>
    public static readonly string[] Silent = Names("silent", SilentCount);

    private static readonly string[] Restricted = [Forbidden, Offline];

    public static JsonObject Manifest(string origin)
    {
        var manifest = new JsonObject();
        foreach (var model in (string[])[.. Plain, .. Cooling, .. Silent, .. Restricted])
        {
            manifest[EntryOf(model)] = Entry(origin, EntryOf(model), model);
        }

        foreach (var model in Pairs)
        {
            manifest[model + "-a"] = Entry(origin, model + "-a", model).With("priority", 0);
            manifest[model + "-b"] = Entry(origin, model + "-b", model).With("priority", 1);
        }

        manifest[EntryOf(Alias)]!.AsObject().With("aliases", new JsonObject { [Alias] = AliasTarget }).With("experts", new JsonArray("unused"));
        manifest[Forbidden]!.AsObject().With("allowed_groups", new JsonArray("staff"));
        manifest[Offline]!["status"] = "Offline";
        foreach (var model in Silent)
        {
            manifest[model]!.AsObject().With("timeouts", new JsonObject { ["connect"] = 1, ["first_byte"] = 1, ["idle"] = 1, ["total"] = 2 });
        }

        return manifest;
    }

    /// <summary>The model that an entry serves; null: there is no such entry.</summary>
    public static string? ModelOf(string entry) =>
        entry == "odd" ? Odd
        : entry.EndsWith("-a", StringComparison.Ordinal) || entry.EndsWith("-b", StringComparison.Ordinal) ? Pairs.FirstOrDefault(model => model == entry[..^2])
        : Plain.Contains(entry) || Cooling.Contains(entry) || Silent.Contains(entry) || Restricted.Contains(entry) ? entry : null;

    /// <summary>What the upstream is asked for.</summary>
    public static string UpstreamName(string model) => model == Alias ? AliasTarget : model;

    private static string EntryOf(string model) => model == Odd ? "odd" : model;

    private static JsonObject Entry(string origin, string id, string model) =>
        ManifestEntries.Live($"{origin}/e/{id}/v1", "account", model).With("forward_headers", new JsonArray(Testing.Fuzzing.Requests.RequestText.CaseHeader));

    private static string[] Names(string prefix, int count) => [.. Enumerable.Range(0, count).Select(n => $"{prefix}-{n}")];
}
