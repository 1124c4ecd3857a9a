using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Startup;

public sealed class CorsTests
{
    [Theory]
    [InlineData("https://chat.example.org", "https://chat.example.org", true)]
    [InlineData("https://chat.example.org", "https://evil.example.org", false)]
    [InlineData("*", "https://any.example.org", true)]
    [InlineData(null, "https://chat.example.org", false)]
    public async Task Only_configured_origins_may_call(string? configured, string origin, bool allowed)
    {
        var options = new HttpOptions { CorsOrigins = configured is null ? [] : [configured] };
        await using var host = await LoopbackHost.StartAsync(
            services => services.AddLogging().AddGatewayCors(options),
            app =>
            {
                app.UseGatewayCors(options);
                app.Run(context => context.Response.WriteAsync("there"));
            });
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/chat/completions")
        {
            Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization" } },
        };

        using var answer = await host.Clients[0].SendAsync(preflight);

        answer.Headers.Contains("Access-Control-Allow-Origin").Should().Be(allowed);
        answer.Headers.Contains("Access-Control-Allow-Credentials").Should().BeFalse();
    }
}
