using System.Net;
using Gateway.Api.Health;
using Gateway.Api.Tests.Startup;
using Gateway.Silo.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Health;

public sealed class HealthTests : IAsyncLifetime
{
    private readonly Readiness _readiness = new();
    private LoopbackHost _host = null!;

    private HttpClient Client => _host.Clients[0];

    public async ValueTask InitializeAsync() => _host = await LoopbackHost.StartAsync(
        services => services.AddSingleton<IReadiness>(_readiness),
        app => app.MapHealth().MapHomePage());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Ready_needs_a_manifest_and_the_keys_and_ends_with_draining()
    {
        await ExpectAsync(HttpStatusCode.ServiceUnavailable, """{"status":"starting"}""");
        _readiness.ReportManifestLoaded();
        await ExpectAsync(HttpStatusCode.ServiceUnavailable, """{"status":"starting"}""");
        _readiness.ReportKeysLoaded();
        await ExpectAsync(HttpStatusCode.OK, """{"status":"ok","degraded":[]}""");
        _readiness.SetDegraded("manifest_stale", true);
        _readiness.SetDegraded("keys_stale", true);
        await ExpectAsync(HttpStatusCode.OK, """{"status":"ok","degraded":["keys_stale","manifest_stale"]}""");
        _readiness.SetDegraded("manifest_stale", false);
        _readiness.SetDegraded("keys_stale", false);
        await ExpectAsync(HttpStatusCode.OK, """{"status":"ok","degraded":[]}""");
        _readiness.BeginDraining();
        await ExpectAsync(HttpStatusCode.ServiceUnavailable, """{"status":"draining"}""");
    }

    [Fact]
    public async Task Live_is_200_whatever_happens()
    {
        (await Client.GetStringAsync("/health/live")).Should().Be("""{"status":"ok"}""");
        _readiness.BeginDraining();
        (await Client.GetStringAsync("/health/live")).Should().Be("""{"status":"ok"}""");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/")]
    public async Task Head_works_where_get_does(string path)
    {
        _readiness.ReportManifestLoaded();
        _readiness.ReportKeysLoaded();
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var answer = await Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task The_home_page_is_html_for_browsers_and_json_for_programs()
    {
        (await Client.GetStringAsync("/")).Should().StartWith("{").And.Contain("\"base_url\":\"/v1\"");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html,*/*;q=0.8" } } };
        using var answer = await Client.SendAsync(request);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        (await answer.Content.ReadAsStringAsync()).Should().Contain("/v1/models");
    }

    [Fact]
    public void The_first_manifest_is_announced_once()
    {
        var announced = 0;
        _readiness.ManifestBecameLoaded += () => announced++;

        _readiness.ReportManifestLoaded();
        _readiness.ReportManifestLoaded();

        announced.Should().Be(1);
    }

    private async Task ExpectAsync(HttpStatusCode status, string body)
    {
        using var answer = await Client.GetAsync("/health/ready");
        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Be(body);
    }
}
