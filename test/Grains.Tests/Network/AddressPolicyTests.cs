using System.Net;
using FsCheck.Fluent;
using Gateway.Grains.Network;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Network;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fd00:ec2::254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:0.0.0.0")]
    public void Link_local_metadata_and_unusable_addresses_are_refused_whatever_the_setting(string address)
    {
        new AddressPolicy(allowPrivate: true).Allows(IPAddress.Parse(address)).Should().BeFalse();
        new AddressPolicy(allowPrivate: false).Allows(IPAddress.Parse(address)).Should().BeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("::1")]
    [InlineData("fd12::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    public void Private_and_loopback_addresses_follow_the_setting(string address)
    {
        new AddressPolicy(allowPrivate: true).Allows(IPAddress.Parse(address)).Should().BeTrue();
        new AddressPolicy(allowPrivate: false).Refusal(IPAddress.Parse(address)).Should().Contain("GATEWAY_PRIVATE_UPSTREAMS");
        AddressRanges.IsPrivateOrLoopback(IPAddress.Parse(address)).Should().BeTrue();
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    public void Public_addresses_are_allowed_and_not_private(string address)
    {
        new AddressPolicy(allowPrivate: false).Allows(IPAddress.Parse(address)).Should().BeTrue();
        AddressRanges.IsPrivateOrLoopback(IPAddress.Parse(address)).Should().BeFalse();
    }

    [Fact]
    public void An_ipv4_address_inside_ipv6_is_judged_like_the_ipv4_address()
    {
        var policy = new AddressPolicy(allowPrivate: false);
        var bytes = Gen.Choose(0, 255).Select(value => (byte)value);
        Properties.Check(Gen.ArrayOf(bytes, 4), quad =>
        {
            var plain = new IPAddress(quad);
            policy.Allows(plain.MapToIPv6()).Should().Be(policy.Allows(plain), "{0}", plain);
        });
    }
}
