using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Tests.Manifests.Assembly;

public sealed class KeyOriginsTests
{
    private static readonly HashSet<string> Nothing = [];

    [Fact]
    public void The_first_origin_is_pinned_per_key_not_per_entry()
    {
        var origins = new KeyOrigins([]);

        origins.Admit("one", "https://a:443", []).Should().BeTrue();
        origins.Admit("two", "https://b:443", []).Should().BeTrue();
        origins.Admit("one", "https://b:443", []).Should().BeFalse();
        origins.Known.Should().Equal(Pinned("one", "https://a:443"), Pinned("two", "https://b:443"));
    }

    [Fact]
    public void Nothing_is_pinned_while_the_setting_names_origins()
    {
        var origins = new KeyOrigins([]);

        origins.Admit("one", "https://evil:443", ["https://a"]).Should().BeFalse();
        origins.Admit("one", "https://a:443", ["https://a"]).Should().BeTrue();
        origins.Known.Should().BeEmpty();
    }

    [Fact]
    public void An_approved_origin_counts_whatever_the_setting_names()
    {
        var known = KeyOrigins.Approve([], "one", "https://b:443", Nothing);

        new KeyOrigins(known).Admit("one", "https://b:443", ["https://a"]).Should().BeTrue();
    }

    [Fact]
    public void Approving_an_origin_forgets_the_ones_that_nothing_uses()
    {
        var known = KeyOrigins.Approve(
            [Pinned("one", "https://a:443"), Pinned("one", "https://used:443"), Pinned("two", "https://c:443")],
            "one", "https://b:443", new HashSet<string> { "https://used:443" });

        known.Should().BeEquivalentTo(
        [
            Pinned("one", "https://used:443"), Pinned("two", "https://c:443"),
            new KeyOrigin { EndpointId = "one", Origin = "https://b:443", Approved = true },
        ]);
    }

    [Theory]
    [InlineData("HTTPS://Api.Example.com/v1?x=1", "https://api.example.com:443")]
    [InlineData("http://h:8080/", "http://h:8080")]
    [InlineData("http://[::1]/v1", "http://[::1]:80")]
    [InlineData("https://bücher.example/", "https://xn--bcher-kva.example:443")]
    public void An_origin_is_scheme_host_and_port(string url, string origin) => Origin.Of(url).Should().Be(origin);

    private static KeyOrigin Pinned(string endpointId, string origin) => new() { EndpointId = endpointId, Origin = origin, Approved = false };
}
