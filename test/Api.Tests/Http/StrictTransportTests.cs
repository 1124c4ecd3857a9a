using System.Net;
using Gateway.Api.Http.Browsers;
using Gateway.Api.Http.Proxies;
using Gateway.Api.Tests.Startup;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Http;

public sealed class StrictTransportTests
{
    [Theory]
    [InlineData(600, "https", "max-age=600")]
    [InlineData(600, "http", null)]
    [InlineData(0, "https", null)]
    public async Task Only_who_came_over_tls_is_told_to_keep_to_it(int seconds, string scheme, string? value)
    {
        var options = new HttpOptions { Hsts = TimeSpan.FromSeconds(seconds), TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] };
        await using var host = await LoopbackHost.StartAsync(
            _ => { },
            app =>
            {
                app.UseTrustedProxies(options);
                app.UseStrictTransport(options);
                app.Run(context => context.Response.WriteAsync("there"));
            });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-Proto", scheme);

        using var answer = await host.Clients[0].SendAsync(request);

        (answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null).Should().Be(value);
    }
}
