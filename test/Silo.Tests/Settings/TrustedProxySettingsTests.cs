namespace Gateway.Silo.Tests.Settings;

public sealed class TrustedProxySettingsTests : IDisposable
{
    private const string Setting = "GATEWAY_TRUSTED_PROXIES";
    private readonly TemporaryFolder _home = new();

    [Fact]
    public void Nobody_is_trusted_unless_named() => SettingsFor.Valid(_home).Http.TrustedProxies.Should().BeEmpty();

    [Theory]
    [InlineData("10.0.0.0/8, 192.0.2.7 2001:db8::/32", "10.0.0.0/8 192.0.2.7/32 2001:db8::/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7/32")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0;::/0", "0.0.0.0/0 ::/0")]
    public void Addresses_and_networks_are_taken(string text, string networks) =>
        string.Join(' ', SettingsFor.Valid(_home, (Setting, text)).Http.TrustedProxies).Should().Be(networks);

    [Theory]
    [InlineData("nginx")]
    [InlineData("10")]
    [InlineData("10.1")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("::ffff:0:0/64")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.0.0.1:80")]
    [InlineData("*")]
    public void A_wrong_entry_is_named(string entry) =>
        SettingsFor.Problem(_home, (Setting, "192.0.2.1, " + entry)).Should().Contain(Setting).And.Contain($"'{entry}'");

    public void Dispose() => _home.Dispose();
}
