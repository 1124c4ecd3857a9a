namespace Gateway.Conformance.Node;

/// <summary>The openai package on Node, one process per scenario.</summary>
internal static class NodeClient
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "test", "Conformance", "npm");

    /// <summary>What the scenario printed: its result, or <c>raised</c>, <c>status</c>, <c>code</c>, <c>message</c> and <c>tries</c>.</summary>
    /// <param name="retries">As many as the package makes of itself, else none.</param>
    public static async Task<JsonNode> RunAsync(GatewayProcess gateway, string scenario, string model, string? key = null, bool retries = false)
    {
        var node = ExternalTool.Require("node");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "openai")))
        {
            ExternalTool.RefuseOrSkip("needs the npm packages of test/Conformance/npm (npm ci there, or eng/test.sh)");
        }

        await using var process = ChildProcess.Start(node, ["calls.mjs", scenario, gateway.Origin + "/v1", key ?? await gateway.CallerKeyAsync(), model, retries ? "default" : "0"], workingFolder: Folder);
        (await process.ExitAsync(TimeSpan.FromSeconds(60))).Should().Be(0, process.AllOutput);
        return JsonNode.Parse(process.StandardOutput)!;
    }
}
