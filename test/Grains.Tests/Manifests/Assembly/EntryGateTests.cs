using System.Collections.Immutable;
using System.Net;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Network;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Assembly;

public sealed class EntryGateTests
{
    private readonly FakeProviderKeys _keys = FakeProviderKeys.With("acct");
    private KeyOrigins _origins = new([]);

    [Fact]
    public void An_entry_with_its_key_passes() => Check().Should().BeNull();

    [Fact]
    public void An_entry_without_a_key_is_rejected_with_what_to_add()
    {
        _keys.Remove("acct");

        var (reason, detail) = Check()!.Value;

        reason.Should().Be(RejectionReasons.NoKey);
        detail.Should().Contain("METIS_API_TOKENS").And.Contain("acct");
    }

    [Fact]
    public void An_entry_that_needs_no_key_passes_without_one_also_in_plain_http()
    {
        _keys.Remove("acct");

        Check("\"auth\":\"none\"", "http://api.example.com/v1").Should().BeNull();
    }

    [Fact]
    public void The_key_does_not_go_to_another_origin_than_the_first_one_seen()
    {
        Check(url: "https://api.example.com/v1").Should().BeNull();

        Check(url: "https://api.example.com/v2").Should().BeNull();
        Check(url: "https://api.example.com:443/v1").Should().BeNull();
        foreach (var moved in new[] { "https://evil.example/v1", "https://api.example.com:8443/v1", "https://api.example.com.evil.example/v1" })
        {
            Check(url: moved)!.Value.Reason.Should().Be(RejectionReasons.OriginChanged);
        }
    }

    [Fact]
    public void Origins_named_by_the_setting_replace_the_pinned_one()
    {
        Check(url: "https://old.example/v1").Should().BeNull();
        _keys.Set("acct", "https://new.example/", "https://NEW.example:8443");

        Check(url: "https://new.example/v1").Should().BeNull();
        Check(url: "https://new.example:8443/v1").Should().BeNull();
        Check(url: "https://old.example/v1")!.Value.Reason.Should().Be(RejectionReasons.OriginChanged);
    }

    [Fact]
    public void Secret_headers_are_bound_to_an_origin_like_a_key()
    {
        _keys.Remove("acct");
        _keys.SecretHeaders.Add("acct");

        Check("\"auth\":\"none\"").Should().BeNull();
        Check("\"auth\":\"none\"", "https://evil.example/v1")!.Value.Reason.Should().Be(RejectionReasons.OriginChanged);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000/v1", null)]
    [InlineData("http://localhost:8000/v1", null)]
    [InlineData("http://gpu.localhost:8000/v1", null)]
    [InlineData("http://10.1.2.3/v1", null)]
    [InlineData("http://[::1]:8000/v1", null)]
    [InlineData("http://inside.example/v1", null)]
    [InlineData("http://unresolved.example/v1", null)]
    [InlineData("http://8.8.8.8/v1", RejectionReasons.InsecureUrl)]
    [InlineData("http://outside.example/v1", RejectionReasons.InsecureUrl)]
    [InlineData("http://mixed.example/v1", RejectionReasons.InsecureUrl)]
    [InlineData("http://link-local-too.example/v1", null)]
    [InlineData("http://link-local-only.example/v1", RejectionReasons.AddressRefused)]
    [InlineData("http://169.254.169.254/v1", RejectionReasons.AddressRefused)]
    [InlineData("https://[fe80::1]/v1", RejectionReasons.AddressRefused)]
    [InlineData("http://0.0.0.0/v1", RejectionReasons.AddressRefused)]
    public void A_key_is_sent_in_plain_http_only_to_private_addresses_and_never_to_metadata_hosts(string url, string? reason) =>
        (Check(url: url)?.Reason).Should().Be(reason);

    [Fact]
    public void Private_upstreams_can_be_forbidden()
    {
        Check(url: "https://10.0.0.1/v1", allowPrivate: false)!.Value.Reason.Should().Be(RejectionReasons.AddressRefused);
        Check(url: "https://localhost/v1", allowPrivate: false)!.Value.Reason.Should().Be(RejectionReasons.AddressRefused);
        Check(url: "https://1.1.1.1/v1", allowPrivate: false).Should().BeNull();
    }

    private (string Reason, string Detail)? Check(string more = "", string url = "https://api.example.com/v1", bool allowPrivate = true)
    {
        var addresses = new Dictionary<string, ImmutableArray<IPAddress>>
        {
            ["inside.example"] = [IPAddress.Parse("192.168.0.9")],
            ["outside.example"] = [IPAddress.Parse("8.8.8.8")],
            ["mixed.example"] = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("8.8.8.8")],
            ["link-local-too.example"] = [IPAddress.Parse("fe80::1%2"), IPAddress.Parse("10.0.0.1")],
            ["link-local-only.example"] = [IPAddress.Parse("fe80::1%2")],
        };
        _origins = new KeyOrigins(_origins.Known);
        return new EntryGate(_keys, _origins, new AddressPolicy(allowPrivate), addresses).Check(Json.Assemble(more, url)) is { } rejection
            ? (rejection.Reason, rejection.Detail)
            : null;
    }
}
