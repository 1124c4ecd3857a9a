using System.Collections.Immutable;
using Gateway.Api.Routing.Upstreams;
using Gateway.Silo.Settings;

namespace Gateway.Api.Tests.Routing;

public sealed class UpstreamSecretsTests
{
    [Fact]
    public void Keys_long_header_values_and_the_host_are_secret()
    {
        var entry = Fakes.Entries.Live("a", model: "m") with { Url = "https://llm.internal.test/v1", EndpointId = "account-of-physics" };

        UpstreamSecrets.Of(entry, Credential(["sk-1"], ("x-tenant", "tenant-canary")), new Uri(entry.Url))
            .Should().BeEquivalentTo("sk-1", "tenant-canary", "llm.internal.test", "account-of-physics");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("us")]
    [InlineData("true")]
    public void A_header_value_that_is_an_ordinary_word_does_not_make_every_answer_suspicious(string value)
    {
        var entry = Fakes.Entries.Live("a", model: "m") with { Url = "https://llm.internal.test/v1", EndpointId = "short" };

        UpstreamSecrets.Of(entry, Credential([], ("x-tier", value)), new Uri(entry.Url)).Should().Equal("llm.internal.test");
    }

    [Theory]
    [InlineData("http://vllm:8000/v1", "//vllm", "vllm:8000")]
    [InlineData("https://api/v1", "//api", "api:443")]
    [InlineData("http://polaris-login-04:8000/v1", "polaris-login-04")]
    [InlineData("http://10.0.0.7:8000/v1", "10.0.0.7")]
    [InlineData("http://[::1]:8000/v1", "[::1]", "::1")]
    [InlineData("http://münchen.test:8000/v1", "münchen.test", "xn--mnchen-3ya.test")]
    public void A_host_that_could_be_a_word_is_secret_where_it_stands_as_a_host(string url, params string[] secrets)
    {
        var entry = Fakes.Entries.Live("a", model: "m") with { Url = url, EndpointId = "short" };

        UpstreamSecrets.Of(entry, null, new Uri(url)).Should().BeEquivalentTo(secrets);
    }

    private static ProviderCredential Credential(string[] keys, params (string Name, string Value)[] headers) => new()
    {
        Keys = [.. keys],
        Origins = [],
        Headers = headers.ToImmutableDictionary(header => header.Name, header => header.Value),
    };
}
