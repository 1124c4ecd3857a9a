using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Testing.Clusters;
using Gateway.Testing.Processes;
using Gateway.Testing.Upstreams;

namespace Gateway.LocalCluster;

/// <summary>What the command line asks for.</summary>
internal sealed record LocalClusterOptions
{
    private const string Account = "local";
    private static readonly string[] Forwarded = ["METIS_", "GATEWAY_", "Gateway__", "CLUSTER_ID"];

    public const string Model = "echo";

    public int Silos { get; init; } = 3;

    public int FrontEnds { get; init; } = 2;

    /// <summary>Null: free ports.</summary>
    public int? FirstPort { get; init; }

    public string? Folder { get; init; }

    /// <summary>Real environment variables with settings of the gateway.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    public bool HasManifest => Environment.ContainsKey("METIS_STATUS_URL");

    public static LocalClusterOptions? Parse(string[] arguments, out string? problem)
    {
        var options = new LocalClusterOptions { Environment = FromEnvironment() };
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i])
            {
                case "--silos" when isNumber && number is >= 1 and <= 10:
                    options = options with { Silos = number };
                    break;
                case "--front-ends" when isNumber && number is >= 1 and <= 10:
                    options = options with { FrontEnds = number };
                    break;
                case "--port" when isNumber && number is >= 1024 and <= 65_000:
                    options = options with { FirstPort = number };
                    break;
                case "--folder" when value.Length > 0:
                    options = options with { Folder = value };
                    break;
                default:
                    problem = $"{arguments[i]}: unknown, or without a proper value; --help lists what there is.";
                    return null;
            }
        }

        problem = null;
        return options;
    }

    /// <summary>Without a manifest of the operator's: one model, served by an upstream of this program.</summary>
    public ClusterSetup ToSetup(ScriptedUpstream upstream)
    {
        var environment = new Dictionary<string, string>(Environment);
        if (!HasManifest)
        {
            environment["METIS_API_TOKENS"] = $$"""{"{{Account}}":"sk-local-0123456789abcdef"}""";
        }

        return new ClusterSetup
        {
            Silos = Silos,
            FrontEnds = FrontEnds,
            WithNginx = true,
            Environment = environment,
            Manifest = HasManifest ? null : new JsonObject { ["echo"] = ManifestEntries.Live(upstream.Url, Account, Model) }.ToJsonString(),
            FirstPort = FirstPort,
            Folder = Folder,
        };
    }

    // A relative path is meant from where the script was called; the processes run elsewhere.
    private static string Resolved(string value)
    {
        var path = Path.Combine(System.Environment.GetEnvironmentVariable("GATEWAY_TESTS_CALLER") ?? "", value);
        return value.Length > 0 && File.Exists(path) ? Path.GetFullPath(path) : value;
    }

    private static Dictionary<string, string> FromEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, Resolved((string?)variable.Value ?? "")))
            .Where(variable => Forwarded.Any(prefix => variable.Key.StartsWith(prefix, StringComparison.Ordinal)) && !variable.Key.StartsWith("GATEWAY_TESTS_", StringComparison.Ordinal))
            .ToDictionary();
}
