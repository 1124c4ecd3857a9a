using System.Net;
using Gateway.Api.Http.Proxies;
using Gateway.Api.Tests.Startup;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Http.Proxies;

public sealed class TrustedProxyTests
{
    [Fact]
    public async Task Each_request_of_a_proxys_connection_has_the_caller_that_it_names()
    {
        await using var host = await StartAsync("127.0.0.0/8");

        (await AskAsync(host, "203.0.113.9", "https")).Should().Be("203.0.113.9 https");
        (await AskAsync(host, null, null)).Should().Be("127.0.0.1 http");
        (await AskAsync(host, "203.0.113.9, 198.51.100.2", "https, http")).Should().Be("198.51.100.2 http");
        (await AskAsync(host, "nonsense", "javascript")).Should().Be("127.0.0.1 http");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("192.0.2.0/24")]
    public async Task A_peer_that_is_not_trusted_is_the_caller(string? trusted)
    {
        await using var host = await StartAsync(trusted);

        (await AskAsync(host, "203.0.113.9", "https")).Should().Be("127.0.0.1 http");
    }

    private static Task<LoopbackHost> StartAsync(string? trusted)
    {
        var options = new HttpOptions { TrustedProxies = trusted is null ? [] : [IPNetwork.Parse(trusted)] };
        return LoopbackHost.StartAsync(
            _ => { },
            app =>
            {
                app.UseTrustedProxies(options);
                app.Run(context => context.Response.WriteAsync($"{context.Connection.RemoteIpAddress} {context.Request.Scheme}"));
            });
    }

    private static async Task<string> AskAsync(LoopbackHost host, string? callers, string? scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (callers is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", callers);
        }

        if (scheme is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        }

        using var answer = await host.Clients[0].SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
