using System.Net;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Tokens;
using Gateway.Testing.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class ProxiedDocumentsTests
{
    [Fact]
    public async Task Discovery_goes_through_the_proxy_of_the_host()
    {
        await using var proxy = ConnectProxy.To(1);
        await using var services = new ServiceCollection().AddSingleton<IWebProxy>(new WebProxy(proxy.Url)).AddGatewayIdentity().BuildServiceProvider();

        var fetch = () => services.GetRequiredService<IssuerDocuments>().GetDocumentAsync("https://idp.example/.well-known/openid-configuration", TestContext.Current.CancellationToken);

        await fetch.Should().ThrowAsync<HttpRequestException>();
        proxy.Targets.Should().NotBeEmpty().And.OnlyContain(target => target == "idp.example:443");
    }
}
