using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Settings;

namespace Gateway.Api.Tests.Startup;

public sealed class ListenAddressesTests
{
    [Fact]
    public void Everywhere_by_default_and_on_loopback_for_the_demo()
    {
        ListenAddresses.Public(new HttpOptions(), demo: false).Should().Equal("http://0.0.0.0:8000");
        ListenAddresses.Public(new HttpOptions(), demo: true).Should().Equal("http://127.0.0.1:8000");
        ListenAddresses.Public(new HttpOptions { Urls = ["http://+:80"] }, demo: true).Should().Equal("http://+:80");
    }

    [Fact]
    public void Admin_addresses_join_the_public_ones_once() =>
        ListenAddresses.All(new HttpOptions { Urls = ["http://a:1", "http://a:2"], AdminUrls = ["http://A:2", "http://a:3"] }, demo: false)
            .Should().Equal("http://a:1", "http://a:2", "http://a:3");

    [Theory]
    [InlineData("http://0.0.0.0:8000", "http://127.0.0.1:8000")]
    [InlineData("http://[::]:8000", "http://127.0.0.1:8000")]
    [InlineData("http://*:8000", "http://127.0.0.1:8000")]
    [InlineData("http://+:80", "http://127.0.0.1:80")]
    [InlineData("https://gateway.example:8443", "https://gateway.example:8443")]
    [InlineData("http://127.0.0.1:8000/", "http://127.0.0.1:8000")]
    public void Printed_commands_get_a_host_that_can_be_called(string address, string callable) => ListenAddresses.Callable(address).Should().Be(callable);
}
