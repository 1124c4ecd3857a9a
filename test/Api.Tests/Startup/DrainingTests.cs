using Gateway.Api.Health;
using Gateway.Api.Startup.Stopping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Startup;

public sealed class DrainingTests
{
    [Fact]
    public async Task While_draining_answers_are_given_and_end_their_connections()
    {
        var readiness = new Readiness();
        await using var host = await LoopbackHost.StartAsync(
            services => services.AddSingleton(readiness),
            app =>
            {
                app.UseDraining();
                app.Run(context => context.Response.WriteAsync("served"));
            });
        using (var before = await host.Clients[0].GetAsync("/"))
        {
            before.Headers.ConnectionClose.Should().NotBe(true);
        }

        readiness.BeginDraining();

        using var after = await host.Clients[0].GetAsync("/");
        (await after.Content.ReadAsStringAsync()).Should().Be("served");
        after.Headers.ConnectionClose.Should().BeTrue();
    }
}
