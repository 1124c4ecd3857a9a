using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Api.Routing.Upstreams;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Routing;

public sealed class UpstreamTargetTests
{
    private readonly FakeCredentials credentials = new();
    private readonly UpstreamTargets targets;

    public UpstreamTargetTests() => targets = new UpstreamTargets(credentials, Options.Create(new ClusterOptions { Secret = new string('s', 32) }));

    [Theory]
    [InlineData("https://api.example/v1", "https://api.example/v1/chat/completions")]
    [InlineData("https://api.example/v1/", "https://api.example/v1/chat/completions")]
    [InlineData("https://api.example", "https://api.example/chat/completions")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/chat/completions")]
    [InlineData("https://h.example/v1?key=a%20b&x=1", "https://h.example/v1/chat/completions?key=a%20b&x=1")]
    public void The_address_is_the_url_one_slash_and_the_operation(string url, string expected) =>
        Address(Entries.Live("a") with { Url = url }).Should().Be(expected);

    [Fact]
    public void The_query_of_the_entry_is_merged_and_wins_over_the_url()
    {
        var entry = Entries.Live("a") with
        {
            Url = "https://r.openai.azure.com/openai/deployments/d?api-version=old&z=1",
            Query = ImmutableDictionary<string, string>.Empty.Add("api-version", "2024-10-21"),
        };

        Address(entry).Should().Be("https://r.openai.azure.com/openai/deployments/d/chat/completions?z=1&api-version=2024-10-21");
    }

    [Theory]
    [InlineData(UpstreamAuth.Bearer, "Authorization", "Bearer sk-account-a")]
    [InlineData(UpstreamAuth.XApiKey, "x-api-key", "sk-account-a")]
    [InlineData(UpstreamAuth.ApiKey, "api-key", "sk-account-a")]
    public void The_key_goes_into_the_header_that_the_entry_names(UpstreamAuth auth, string name, string value) =>
        One(Entries.Live("a") with { Auth = auth }).Headers.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create(name, value));

    [Fact]
    public void Secret_headers_beat_those_of_the_manifest_and_the_key_beats_both()
    {
        credentials.Set("account-a", new ProviderCredential
        {
            Keys = ["sk-1"],
            Headers = ImmutableDictionary<string, string>.Empty.Add("X-Team", "secret").Add("authorization", "other"),
            Origins = [],
        });
        var entry = Entries.Live("a") with { Headers = ImmutableDictionary<string, string>.Empty.Add("x-team", "plain").Add("x-more", "1") };

        var headers = One(entry).Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);

        headers.Should().BeEquivalentTo(new Dictionary<string, string> { ["x-team"] = "secret", ["x-more"] = "1", ["authorization"] = "Bearer sk-1" });
    }

    [Fact]
    public void An_entry_without_authentication_sends_no_key_even_when_there_is_one()
    {
        var target = One(Entries.Live("a") with { Auth = UpstreamAuth.None });

        target.Headers.Should().BeEmpty();
        target.KeyFingerprint.Should().BeNull();
    }

    [Fact]
    public void A_fingerprint_tells_keys_apart_and_depends_on_the_clusters_secret()
    {
        var mine = KeyFingerprint.DeriveKey(new string('a', 32));
        var theirs = KeyFingerprint.DeriveKey(new string('b', 32));

        KeyFingerprint.Of("k", mine).Should().MatchRegex("^[0-9a-f]{16}$").And.Be(KeyFingerprint.Of("k", mine));
        KeyFingerprint.Of("k", mine).Should().NotBe(KeyFingerprint.Of("l", mine)).And.NotBe(KeyFingerprint.Of("k", theirs));
    }

    [Fact]
    public void Keys_secret_headers_the_host_and_the_account_are_secrets_and_a_models_name_is_not()
    {
        credentials.Set("account-a", new ProviderCredential
        {
            Keys = ["sk-1", "sk-2"],
            Headers = ImmutableDictionary<string, string>.Empty.Add("X-Team", "team-secret"),
            Origins = [],
        });
        var entry = Entries.Live("a") with { Headers = ImmutableDictionary<string, string>.Empty.Add("OpenAI-Organization", "org-12345") };

        targets.For(entry)[0].Secrets.Should().BeEquivalentTo("sk-1", "sk-2", "team-secret", "org-12345", "a.example", "account-a");
        targets.For(entry with { Experts = ["account-a-large"] })[0].Secrets.Should().NotContain("account-a");
    }

    [Fact]
    public void An_account_of_headers_alone_is_called_without_a_key()
    {
        credentials.Set("account-a", new ProviderCredential { Keys = [], Headers = ImmutableDictionary<string, string>.Empty.Add("X-Auth", "v"), Origins = [] });

        One(Entries.Live("a")).Headers.Should().ContainSingle().Which.Value.Should().Be("v");
    }

    [Theory]
    [InlineData(UpstreamAuth.Bearer, false, true)]
    [InlineData(UpstreamAuth.None, true, true)]
    [InlineData(UpstreamAuth.None, false, false)]
    public void A_target_with_a_key_or_secret_headers_carries_a_secret(UpstreamAuth auth, bool hasHeaders, bool carriesSecret)
    {
        var headers = hasHeaders ? ImmutableDictionary<string, string>.Empty.Add("X-Auth", "v") : ImmutableDictionary<string, string>.Empty;
        credentials.Set("account-a", new ProviderCredential { Keys = ["sk-1"], Headers = headers, Origins = [] });

        One(Entries.Live("a") with { Auth = auth }).CarriesSecret.Should().Be(carriesSecret);
    }

    private UpstreamTarget One(ManifestEntry entry) => targets.For(entry).Should().ContainSingle().Which;

    private string Address(ManifestEntry entry) => One(entry).Addresses[(int)Operation.ChatCompletions].AbsoluteUri;
}
