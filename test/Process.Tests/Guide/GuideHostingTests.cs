using System.Text;
using Gateway.Process.Rigs;
using Gateway.Testing.ManifestHosts;

namespace Gateway.Process.Guide;

public sealed class GuideHostingTests : IAsyncLifetime
{
    private readonly ScriptedUpstream upstream = ScriptedUpstream.Start();

    private string Manifest => new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "hosted") }.ToJsonString();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => upstream.DisposeAsync();

    [Fact]
    [Trait("needs", "python3")]
    public async Task Option_A_pythons_file_server_serves_and_a_change_is_picked_up()
    {
        await using var host = await StaticFileHost.PythonAsync(Manifest);
        await using var gateway = await StartAsync(host.Origin + "/status.json");
        await ExpectServedAsync(gateway, "hosted");

        host.Write("status.json", new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "hosted", "added") }.ToJsonString());

        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "added") == HttpStatusCode.OK, "the change arrives");
    }

    [Fact]
    [Trait("needs", "python3")]
    public async Task A_manifest_that_is_put_back_with_its_older_date_is_taken_at_a_refresh_and_after_a_while_without_one()
    {
        var published = new DateTime(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc);
        await using var host = await StaticFileHost.PythonAsync(Manifest);
        host.Write("status.json", Manifest, published);
        await using var gateway = await StartAsync(host.Origin + "/status.json");
        await ExpectServedAsync(gateway, "hosted");

        host.Write("status.json", With("backup"), published.AddDays(-1));
        (await gateway.AdminAsync(HttpMethod.Post, "/admin/manifest/refresh")).Dispose();
        await ExpectServedAsync(gateway, "backup");

        host.Write("status.json", With("older backup"), published.AddDays(-2));
        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "older backup") == HttpStatusCode.OK, "the date is not trusted for ever");

        string With(string model) => new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", model) }.ToJsonString();
    }

    [Fact]
    [Trait("needs", "nginx")]
    public async Task Option_B_the_printed_nginx_block_serves()
    {
        await using var host = await StaticFileHost.NginxAsync(Manifest);
        await using var gateway = await StartAsync(host.Origin + "/status.json");

        await ExpectServedAsync(gateway, "hosted");
    }

    [Fact]
    public async Task Option_C_an_object_store_is_asked_with_its_ETag_and_its_redirect_followed()
    {
        await using var store = ObjectStore.Start(Manifest);
        await using var front = ObjectStore.Start(Manifest);
        front.RedirectTo = store.Origin + "/bucket/status.json";
        await using var gateway = await StartAsync(front.Origin + "/status.json");
        await ExpectServedAsync(gateway, "hosted");

        await Eventually.TrueAsync(() => store.NotModified >= 2, "the copy is confirmed by 304");
        store.Json = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "hosted", "added") }.ToJsonString();

        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "added") == HttpStatusCode.OK, "the change arrives");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Option_D_a_local_file_serves_and_is_watched(bool asUrl)
    {
        using var folder = new TempFolder();
        var path = folder.Write("deploy/docker/examples/metis-status.json", Manifest);
        await using var gateway = await StartAsync(asUrl ? "file://" + path : path);
        await ExpectServedAsync(gateway, "hosted");

        folder.Write("deploy/docker/examples/metis-status.json", new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "hosted", "added") }.ToJsonString());

        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "added") == HttpStatusCode.OK, "the change arrives");
    }

    [Theory, InlineData("Basic"), InlineData("Basic in the URL"), InlineData("Bearer")]
    public async Task A_protected_manifest_is_read_and_its_secret_is_never_logged(string scheme)
    {
        const string secret = "manifest-p4ssw0rd";
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("reader:" + secret));
        var expected = scheme == "Bearer" ? "Bearer " + secret : basic;
        await using var store = ObjectStore.Start(Manifest);
        var healthy = store.Healthy;
        store.Reply = exchange => exchange.Request["Authorization"] == expected ? healthy(exchange) : Replies.Status(401)(exchange);
        var url = store.Origin + "/status.json";
        await using var gateway = await StartAsync(
            scheme == "Basic in the URL" ? url.Replace("http://", $"http://reader:{secret}@", StringComparison.Ordinal) : url,
            scheme == "Basic in the URL" ? null : expected);

        await ExpectServedAsync(gateway, "hosted");
        store.Reply = Replies.Status(403);
        (await gateway.AdminAsync(HttpMethod.Post, "/admin/manifest/refresh")).Dispose();
        var description = (await gateway.AdminJsonAsync(HttpMethod.Get, "/admin/manifest")).ToJsonString();

        foreach (var shown in (string[])[gateway.Output, description])
        {
            shown.Should().NotContain(secret).And.NotContain(basic["Basic ".Length..]);
        }
    }

    [Fact]
    public async Task A_redirect_to_another_host_does_not_carry_the_authorization()
    {
        await using var store = ObjectStore.Start(Manifest);
        await using var front = ObjectStore.Start(Manifest);
        front.RedirectTo = store.Origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/status.json";
        await using var gateway = await StartAsync(front.Origin + "/status.json", "Bearer for-the-first-host-only");

        await ExpectServedAsync(gateway, "hosted");
        front.Requests.First()["Authorization"].Should().Be("Bearer for-the-first-host-only");
        store.Requests.Should().NotBeEmpty().And.OnlyContain(request => request["Authorization"] == null);
    }

    private static Task<GatewayProcess> StartAsync(string url, string? authorization = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["METIS_STATUS_URL"] = url,
            ["METIS_API_TOKENS"] = """{"account":"sk-account"}""",
            ["METIS_REFRESH_SECONDS"] = "1",
        };
        if (authorization is not null)
        {
            environment["METIS_STATUS_AUTHORIZATION"] = authorization;
        }

        return GatewayProcess.StartAsync(new GatewaySetup { Environment = environment });
    }

    private static async Task ExpectServedAsync(GatewayProcess gateway, string model)
    {
        using var response = await gateway.ChatAsync(model);
        await response.ContentAsync();
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayProcess gateway, string model)
    {
        using var response = await gateway.ChatAsync(model);
        return response.StatusCode;
    }
}
