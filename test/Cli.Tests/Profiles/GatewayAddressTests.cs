namespace Gateway.Cli.Profiles;

public sealed class GatewayAddressTests
{
    [Theory]
    [InlineData("https://gateway.example", "https://gateway.example")]
    [InlineData("https://gateway.example/", "https://gateway.example")]
    [InlineData("https://Gateway.Example:443/v1/", "https://gateway.example")]
    [InlineData("https://gateway.example/prefix/v1?x=1", "https://gateway.example/prefix")]
    [InlineData("http://localhost:8000/v1", "http://localhost:8000")]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:8000")]
    [InlineData("http://[::1]:8000/", "http://[::1]:8000")]
    public void One_gateway_has_one_spelling(string typed, string expected) => GatewayAddress.Parse(typed, "--gateway", allowHttp: false).Should().Be(expected);

    [Theory, InlineData("http://10.0.0.1"), InlineData("http://localhost.example"), InlineData("http://127.0.0.1.example")]
    public void Plain_http_leaves_this_machine_only_when_told(string typed)
    {
        var parsing = () => GatewayAddress.Parse(typed, "--gateway", allowHttp: false);

        parsing.Should().Throw<CliException>().WithMessage("*--allow-http*");
        GatewayAddress.Parse(typed, "--gateway", allowHttp: true).Should().Be(typed);
    }
}
