using System.Net;
using Gateway.Grains.Tokens;
using Gateway.Testing.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Grains.Tests.Tokens;

public sealed class ProxiedServerTests
{
    [Fact]
    public async Task The_authorization_server_is_asked_through_the_proxy_of_the_host()
    {
        await using var proxy = ConnectProxy.To(1);
        await using var services = new ServiceCollection().AddLogging().AddGatewayGrains().AddSingleton<IWebProxy>(new WebProxy(proxy.Url)).BuildServiceProvider();

        var reply = await services.GetRequiredService<AuthorizationServer>().GetAsync(new Uri("https://auth.example/groups"), "token", TestContext.Current.CancellationToken);

        reply.Should().Be(ProviderReply.None);
        proxy.Targets.Should().NotBeEmpty().And.OnlyContain(target => target == "auth.example:443");
    }
}
