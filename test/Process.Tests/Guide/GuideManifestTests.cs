using Gateway.Testing.Guide;
using System.Text.Json;
using Gateway.Process.Rigs;

namespace Gateway.Process.Guide;

public sealed class GuideManifestTests
{
    private const string Tokens = """
        {"openai-production":"sk-proj-1","anthropic-production":"sk-ant-1","openai-us-east":"sk-east-1","openai-eu-west":"sk-west-1","azure-openai-prod":"azure-1"}
        """;

    public static TheoryData<string, int> Manifests() => new()
    {
        { GuideText.FirstManifest, 2 },
        { GuideText.DockerManifest, 1 },
        { GuideText.TwoRegionsManifest, 2 },
        { GuideText.AzureManifest, 1 },
    };

    [Theory, MemberData(nameof(Manifests))]
    public async Task A_printed_manifest_loads_with_nothing_rejected(string manifest, int entries)
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup { Manifest = manifest, Environment = { ["METIS_API_TOKENS"] = Tokens } });

        var loaded = await gateway.AdminJsonAsync(HttpMethod.Get, "/admin/manifest");

        loaded["rejected"]!.AsArray().Should().BeEmpty();
        loaded["entries"]!.AsArray().Should().HaveCount(entries);
        using var models = await gateway.GetAsync("/v1/models");
        var ids = (await models.JsonAsync())["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>());
        using var document = JsonDocument.Parse(manifest);
        ids.Should().BeEquivalentTo(document.RootElement.EnumerateObject().SelectMany(entry => entry.Value.GetProperty("experts").EnumerateArray()).Select(expert => expert.GetString()).Distinct());
    }

    [Theory]
    [InlineData("gpt-4o-mini", "api.openai.com", "/v1/chat/completions", "Authorization", "Bearer sk-proj-1")]
    [InlineData("claude-3-haiku-20240307", "api.anthropic.com", "/v1/chat/completions", "Authorization", "Bearer sk-ant-1")]
    public async Task The_first_manifests_providers_get_their_URL_and_key(string model, string host, string target, string header, string value)
    {
        var request = await CallAsync(GuideText.FirstManifest, model);

        request.ServerName.Should().Be(host);
        request["Host"].Should().Be(host);
        request.Target.Should().Be(target);
        request[header].Should().Be(value);
    }

    [Theory]
    [InlineData("gpt-4")]
    [InlineData("gpt-35-turbo")]
    public async Task Azure_gets_its_deployment_URL_an_api_version_and_the_api_key_header(string model)
    {
        var request = await CallAsync(GuideText.AzureManifest, model);

        request.ServerName.Should().Be("your-resource.openai.azure.com");
        request.Target.Should().MatchRegex(@"^/openai/deployments/your-deployment/chat/completions\?api-version=\d{4}-\d{2}-\d{2}(-preview)?$");
        request["api-key"].Should().Be("azure-1");
        request["Authorization"].Should().BeNull();
    }

    [Fact]
    public async Task Azures_api_version_may_be_set_in_the_overlay()
    {
        var request = await CallAsync(GuideText.AzureManifest, "gpt-4", """{"azure-openai":{"query":{"api-version":"2025-04-01-preview"}}}""");

        request.Target.Should().EndWith("/chat/completions?api-version=2025-04-01-preview");
    }

    [Fact]
    public async Task Two_regions_of_one_URL_each_use_their_own_key()
    {
        await using var providers = new ProviderDouble();
        await using var gateway = await StartAsync(providers, GuideText.TwoRegionsManifest);
        for (var call = 0; call < 10; call++)
        {
            using var response = await gateway.ChatAsync("gpt-4");
            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        providers.Upstream.Requests.Select(request => request["Authorization"]).Distinct().Should().BeEquivalentTo("Bearer sk-east-1", "Bearer sk-west-1");
    }

    [Fact]
    public async Task One_regions_refused_key_stops_only_that_region()
    {
        await using var providers = new ProviderDouble();
        providers.Upstream.Reply = exchange => exchange.Request["Authorization"] == "Bearer sk-east-1" ? Replies.Status(401)(exchange) : Replies.OpenAi()(exchange);
        await using var gateway = await StartAsync(providers, GuideText.TwoRegionsManifest);
        for (var call = 0; call < 10; call++)
        {
            using var response = await gateway.ChatAsync("gpt-4");
            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        providers.Upstream.Requests.Count(request => request["Authorization"] == "Bearer sk-east-1").Should().Be(1);
    }

    [Fact]
    public async Task Custom_headers_arrive()
    {
        await using var providers = new ProviderDouble();
        await using var gateway = await StartAsync(
            providers,
            GuideText.DockerManifest,
            """{"openai-gateway":{"headers":{"X-Site":"argonne"}}}""",
            new() { ["METIS_API_HEADERS"] = """{"openai-production":{"X-Secret-Header":"s3cret-value"}}""" });

        (await gateway.ChatAsync("gpt-4")).Dispose();

        var request = providers.Upstream.Requests.Single();
        request["X-Site"].Should().Be("argonne");
        request["X-Secret-Header"].Should().Be("s3cret-value");
        gateway.Output.Should().NotContain("s3cret-value");
    }

    private static async Task<ReceivedRequest> CallAsync(string manifest, string model, string? overlay = null)
    {
        await using var providers = new ProviderDouble();
        await using var gateway = await StartAsync(providers, manifest, overlay);

        using var response = await gateway.ChatAsync(model);

        response.StatusCode.Should().Be(HttpStatusCode.OK, "{0}\n{1}", await response.Content.ReadAsStringAsync(), gateway.Output);
        return providers.Upstream.Requests.Single();
    }

    private static async Task<GatewayProcess> StartAsync(ProviderDouble providers, string manifest, string? overlay = null, Dictionary<string, string>? more = null)
    {
        var home = new TempFolder();
        var environment = new Dictionary<string, string>(providers.Environment.Concat(more ?? [])) { ["METIS_API_TOKENS"] = Tokens };
        if (overlay is not null)
        {
            environment["METIS_OVERLAY"] = home.Write("overlay.json", overlay);
        }

        return await GatewayProcess.StartAsync(new GatewaySetup { Home = home, Manifest = manifest, Environment = environment });
    }
}
