using System.Net;
using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Settings;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Startup;

public sealed class AdminListenerTests
{
    [Fact]
    public async Task Operator_routes_are_on_the_admin_address_only()
    {
        var (open, admin) = ($"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{FreePort.Next()}");
        await using var host = await StartAsync(new HttpOptions { Urls = [open], AdminUrls = [admin] });

        foreach (var path in new[] { "/admin/keys", "/ADMIN/keys", "/dashboard", "/metrics", "/openapi/v1.json" })
        {
            using var refused = await host.Clients[0].GetAsync(path);
            refused.StatusCode.Should().Be(HttpStatusCode.NotFound, path);
            (await refused.Content.ReadAsStringAsync()).Should().Contain("\"error\"");
            (await host.Clients[1].GetStringAsync(path)).Should().Be("there");
        }

        (await host.Clients[0].GetStringAsync("/openai/v1/models")).Should().Be("there");
        (await host.Clients[0].GetStringAsync("/health/live")).Should().Be("there");
        (await host.Clients[1].GetStringAsync("/health/live")).Should().Be("there");
    }

    [Fact]
    public async Task Without_admin_addresses_they_are_on_the_public_one()
    {
        await using var host = await StartAsync(new HttpOptions { Urls = ["http://127.0.0.1:0"] });

        (await host.Clients[0].GetStringAsync("/admin/keys")).Should().Be("there");
    }

    private static Task<LoopbackHost> StartAsync(HttpOptions options) => LoopbackHost.StartAsync(
        _ => { },
        app =>
        {
            app.UseAdminListener(options);
            app.Run(context => context.Response.WriteAsync("there"));
        },
        [.. ListenAddresses.All(options, demo: false)]);
}
