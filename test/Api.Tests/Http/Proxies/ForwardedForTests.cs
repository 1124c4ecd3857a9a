using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Http.Proxies;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Tests.Http.Proxies;

public sealed class ForwardedForTests
{
    private static readonly TrustedProxies Trusted = new([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("192.0.2.7/32"), IPNetwork.Parse("2001:db8:1::/48")]);

    [Theory]
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, 192.0.2.7, 10.9.9.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9,10.1.1.1 ", "203.0.113.9")]
    [InlineData("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1")]
    [InlineData("10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1", "2001:db8:9::5", "2001:db8:9::5")]
    [InlineData("10.0.0.1", "[2001:db8:9::5]:4711", "2001:db8:9::5")]
    [InlineData("10.0.0.1", "[2001:db8:9::5], [2001:db8:1::1]:80", "2001:db8:9::5")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8:1::2", "203.0.113.9", "203.0.113.9")]
    public void The_caller_is_the_right_most_address_that_is_not_trusted(string peer, string header, string caller) => Caller(peer, header).Should().Be(caller);

    [Theory]
    [InlineData("203.0.113.1", "198.51.100.1")]
    [InlineData("192.0.2.8", "198.51.100.1")]
    [InlineData("2001:db8:2::2", "198.51.100.1")]
    public void A_stranger_names_nobody_but_itself(string peer, string header) => Caller(peer, header).Should().Be(peer);

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("unknown")]
    [InlineData("_hidden")]
    [InlineData("198.51.100.1, unknown")]
    [InlineData("198.51.100.1,")]
    [InlineData("1")]
    [InlineData("0x7f.1")]
    [InlineData("198.51.100.1:99999")]
    [InlineData("198.51.100.1:x")]
    [InlineData("198.51.100.1:")]
    [InlineData("[2001:db8:9::5")]
    [InlineData("[2001:db8:9::5]x")]
    [InlineData("fe80::1%eth0")]
    [InlineData("198.51.100.1 198.51.100.2")]
    [InlineData("\"198.51.100.1\"")]
    public void What_is_no_address_leaves_the_last_proxy_that_is_known(string header) => Caller("10.0.0.1", header).Should().Be("10.0.0.1");

    [Fact]
    public void Garbage_left_of_the_caller_does_not_matter() => Caller("10.0.0.1", "<script>, , 203.0.113.9").Should().Be("203.0.113.9");

    [Fact]
    public void Several_headers_are_one_list() =>
        ForwardedFor.Caller(IPAddress.Parse("10.0.0.1"), new StringValues(["198.51.100.1", "203.0.113.9, 10.3.3.3", "10.2.2.2"]), Trusted).ToString().Should().Be("203.0.113.9");

    [Fact]
    public void Of_thousands_of_hops_only_a_few_are_followed()
    {
        var hops = string.Join(',', Enumerable.Range(0, 5000).Select(hop => $"10.0.{hop / 250}.{hop % 250}"));

        Caller("10.0.0.1", "203.0.113.9," + hops).Should().Be($"10.0.{(5000 - ForwardedFor.MaxHops) / 250}.{(5000 - ForwardedFor.MaxHops) % 250}");
    }

    [Fact]
    public void A_caller_cannot_choose_its_address() =>
        Prop.ForAll<string?>(written =>
        {
            // Whatever stands in the header when the trusted proxy adds what it saw.
            Caller("10.0.0.1", written + ", 203.0.113.9").Should().Be("203.0.113.9");
        }).QuickCheckThrowOnFailure();

    private static string Caller(string peer, string header) => ForwardedFor.Caller(IPAddress.Parse(peer), header, Trusted).ToString();
}
