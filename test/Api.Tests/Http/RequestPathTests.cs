using Gateway.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Tests.Http;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/v1/a?x=/y", "/v1/a")]
    [InlineData("/v1/../a%2fb", "/v1/../a%2fb")]
    [InlineData("http://host:8000/v1/a?b", "/v1/a")]
    [InlineData("http://host", "")]
    [InlineData("http://host?x=/v1/a", "")]
    [InlineData("*", "")]
    [InlineData("host:443", "")]
    public void The_path_is_taken_as_it_came(string target, string path)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;

        RequestPath.Raw(context).ToString().Should().Be(path);
    }

    [Fact]
    public void A_server_that_keeps_no_target_gives_its_path()
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/v1/a";

        RequestPath.Raw(context).ToString().Should().Be("/v1/a");
    }
}
