using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Silo.Settings;
using Gateway.Silo.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Tests.Upstreams;

public sealed class ProbeTargetsTests
{
    private readonly ProviderCredentials _credentials = new();
    private readonly UpstreamProxyOptions _proxy = new();

    private ProbeTargets Targets => new(_credentials, Options.Create(_proxy));

    [Theory]
    [InlineData(UpstreamAuth.Bearer, "Authorization", "Bearer new-key")]
    [InlineData(UpstreamAuth.XApiKey, "x-api-key", "new-key")]
    [InlineData(UpstreamAuth.ApiKey, "api-key", "new-key")]
    public void A_probe_carries_the_newest_key_as_requests_do(UpstreamAuth auth, string header, string value)
    {
        _credentials.TrySetTokens("""{"acct":["new-key","old-key"]}""", out _);

        var target = Targets.Find(Entry() with { Auth = auth })!;

        target.Headers.Should().Contain(new KeyValuePair<string, string>(header, value));
        target.CarriesSecret.Should().BeTrue();
        target.ToString().Should().NotContain("key");
    }

    [Fact]
    public void Own_headers_secret_ones_and_the_query_are_those_of_requests()
    {
        _credentials.TrySetTokens("""{"acct":"k"}""", out _);
        _credentials.TrySetHeaders("""{"acct":{"X-Secret":"s"}}""", out _);
        var entry = Entry("https://up.example/base/?a=1&b=2") with
        {
            Headers = ImmutableDictionary<string, string>.Empty.Add("X-Own", "o"),
            Query = ImmutableDictionary<string, string>.Empty.Add("b", "3"),
        };

        var target = Targets.Find(entry)!;

        target.Models.Should().Be(new Uri("https://up.example/base/models?a=1&b=3"));
        target.Headers.Select(header => header.Key).Should().BeEquivalentTo("X-Own", "X-Secret", "Authorization");
    }

    [Fact]
    public void Without_its_key_nothing_is_sent_and_without_need_of_one_no_key_is()
    {
        Targets.Find(Entry()).Should().BeNull();
        _credentials.TrySetTokens("""{"acct":"k"}""", out _);

        var open = Targets.Find(Entry() with { Auth = UpstreamAuth.None })!;

        open.Headers.Should().BeEmpty();
        open.CarriesSecret.Should().BeFalse();
    }

    [Fact]
    public void An_account_of_headers_alone_needs_no_key()
    {
        _credentials.TrySetHeaders("""{"acct":{"X-Secret":"s"}}""", out _);

        var target = Targets.Find(Entry())!;

        target.Headers.Should().ContainSingle().Which.Should().Be(new KeyValuePair<string, string>("X-Secret", "s"));
        target.CarriesSecret.Should().BeTrue();
    }

    [Fact]
    public void Https_goes_through_the_proxy_that_requests_go_through()
    {
        _proxy.Address = new Uri("http://proxy.example:3128");
        _proxy.Exceptions = ["near.example"];

        Find("https://up.example/v1").Proxy.Should().NotBeNull();
        Find("https://near.example/v1").Proxy.Should().BeNull();
        Find("http://up.example/v1").Proxy.Should().BeNull();

        ProbeTarget Find(string url) => Targets.Find(Entry(url) with { Auth = UpstreamAuth.None })!;
    }

    private static ManifestEntry Entry(string url = "https://up.example/v1") => new()
    {
        Id = "a",
        Cluster = "metis",
        Framework = "api",
        Status = EntryStatus.Live,
        StatusText = "live",
        Model = "a",
        Description = "a",
        Url = url,
        EndpointId = "acct",
        Experts = ["m"],
        LimitGroup = "acct",
    };
}
