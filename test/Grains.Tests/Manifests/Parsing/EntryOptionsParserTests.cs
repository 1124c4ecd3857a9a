using Gateway.Abstractions.Manifests;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Parsing;

public sealed class EntryOptionsParserTests
{
    [Fact]
    public void Every_optional_field_is_read()
    {
        var options = Json.Draft(more: """
            "priority":2,"weight":7,"dialect":"azure","auth":"x-api-key","headers":{"X-Team":"physics"},"query":{"api-version":"v"},
            "aliases":{"fast":"m"},"limits":{"rpm":60,"tpm":1000,"concurrency":4},"limit_group":"g",
            "timeouts":{"connect":1.5,"first_byte":2,"idle":3,"total":4},"allowed_groups":["g1"],"allowed_domains":["ANL.gov"],
            "prices":{"input":2.5,"output":10,"cached_input":1.25,"cache_write":3,"reasoning":0},"context_window":128000,"probe":"tcp",
            "cluster":"polaris","framework":"vllm","notice":"Back soon","retry_unary":true,"forward_headers":["X-Trace"],
            "max_output_tokens":4096,"input_extra_tokens":100
            """).Options;

        options.Priority.Should().Be(2);
        options.Weight.Should().Be(7);
        options.Dialect.Should().Be(Dialect.Azure);
        options.Auth.Should().Be(UpstreamAuth.XApiKey);
        options.Headers.Should().Contain("X-Team", "physics");
        options.Query.Should().Contain("api-version", "v");
        options.Aliases.Should().Contain("fast", "m");
        options.Limits.Should().Be(new AccountLimits { RequestsPerMinute = 60, TokensPerMinute = 1000, Concurrency = 4 });
        options.LimitGroup.Should().Be("g");
        options.Timeouts.Should().Be(new UpstreamTimeouts
        {
            Connect = TimeSpan.FromSeconds(1.5),
            FirstByte = TimeSpan.FromSeconds(2),
            Idle = TimeSpan.FromSeconds(3),
            Total = TimeSpan.FromSeconds(4),
        });
        options.AllowedGroups!.Value.Should().Equal("g1");
        options.AllowedDomains!.Value.Should().Equal("anl.gov");
        options.Prices.Should().Be(new TokenPrices { Input = 2.5m, Output = 10, CachedInput = 1.25m, CacheWrite = 3, Reasoning = 0 });
        options.ContextWindow.Should().Be(128000);
        options.Probe.Should().Be(ProbeKind.Tcp);
        options.Cluster.Should().Be("polaris");
        options.Framework.Should().Be("vllm");
        options.Notice.Should().Be("Back soon");
        options.RetryUnary.Should().BeTrue();
        options.ForwardHeaders!.Value.Should().Equal("X-Trace");
        options.MaxOutputTokens.Should().Be(4096);
        options.InputExtraTokens.Should().Be(100);
    }

    [Fact]
    public void Null_counts_as_absent() =>
        Json.Draft(more: "\"weight\":null,\"allowed_groups\":null").Options.AllowedGroups.Should().BeNull();

    [Theory]
    [InlineData("\"priority\":\"1\"", "bad_priority")]
    [InlineData("\"weight\":0", "bad_weight")]
    [InlineData("\"weight\":101", "bad_weight")]
    [InlineData("\"weight\":1.5", "bad_weight")]
    [InlineData("\"dialect\":\"gemini\"", "bad_dialect")]
    [InlineData("\"auth\":\"basic\"", "bad_auth")]
    [InlineData("\"headers\":[]", "bad_headers")]
    [InlineData("\"headers\":{\"X-A\":1}", "bad_headers")]
    [InlineData("\"headers\":{\"X-A\":\"b\\r\\nHost: evil\"}", "bad_headers")]
    [InlineData("\"headers\":{\"X A\":\"b\"}", "bad_headers")]
    [InlineData("\"headers\":{\"X-A\":\"ü\"}", "bad_headers")]
    [InlineData("\"headers\":{\"X-A\":\"1\",\"x-a\":\"2\"}", "bad_headers")]
    [InlineData("\"headers\":{\"Authorization\":\"Bearer x\"}", "bad_headers")]
    [InlineData("\"headers\":{\"x-api-KEY\":\"x\"}", "bad_headers")]
    [InlineData("\"headers\":{\"Cookie\":\"x\"}", "bad_headers")]
    [InlineData("\"headers\":{\"Transfer-Encoding\":\"chunked\"}", "bad_headers")]
    [InlineData("\"headers\":{\"Host\":\"h\"}", "bad_headers")]
    [InlineData("\"headers\":{\"Content-Length\":\"1\"}", "bad_headers")]
    [InlineData("\"forward_headers\":[\"Authorization\"]", "bad_forward_headers")]
    [InlineData("\"forward_headers\":[\"Connection\"]", "bad_forward_headers")]
    [InlineData("\"query\":{\"a\":1}", "bad_query")]
    [InlineData("\"aliases\":{\"a\":\"\"}", "bad_aliases")]
    [InlineData("\"aliases\":[\"a\"]", "bad_aliases")]
    [InlineData("\"limits\":{\"rpm\":0}", "bad_limits")]
    [InlineData("\"limits\":60", "bad_limits")]
    [InlineData("\"limits\":{\"rpm\":5,\"rpm\":500}", "bad_limits")]
    [InlineData("\"timeouts\":{\"idle\":0}", "bad_timeouts")]
    [InlineData("\"timeouts\":{\"idle\":\"30s\"}", "bad_timeouts")]
    [InlineData("\"timeouts\":{\"total\":1e9}", "bad_timeouts")]
    [InlineData("\"timeouts\":{\"idle\":1,\"idle\":1}", "bad_timeouts")]
    [InlineData("\"allowed_groups\":\"staff\"", "bad_allowed_groups")]
    [InlineData("\"allowed_domains\":[1]", "bad_allowed_domains")]
    [InlineData("\"prices\":{\"input\":-1}", "bad_prices")]
    [InlineData("\"prices\":{\"input\":1,\"output\":2,\"input\":null}", "bad_prices")]
    [InlineData("\"context_window\":0", "bad_context_window")]
    [InlineData("\"probe\":true", "bad_probe")]
    [InlineData("\"cluster\":\"a/b\"", "bad_cluster")]
    [InlineData("\"cluster\":\"v1\"", "bad_cluster")]
    [InlineData("\"cluster\":\"V1\"", "bad_cluster")]
    [InlineData("\"framework\":\"..\"", "bad_framework")]
    [InlineData("\"notice\":5", "bad_notice")]
    [InlineData("\"retry_unary\":\"yes\"", "bad_retry_unary")]
    [InlineData("\"max_output_tokens\":-5", "bad_max_output_tokens")]
    [InlineData("\"input_extra_tokens\":0.5", "bad_input_extra_tokens")]
    [InlineData("\"limit_group\":\"\"", "bad_limit_group")]
    public void A_field_of_the_wrong_type_or_out_of_bounds_rejects_the_entry(string field, string reason)
    {
        var parsed = Json.Parse(Json.Manifest(Json.Entry("bad", more: field), Json.Entry("good")));

        parsed.Entries.Should().ContainSingle(entry => entry.Id == "good");
        var rejected = parsed.Rejected.Should().ContainSingle().Subject;
        rejected.Reason.Should().Be(reason);
        rejected.Detail.Should().Contain(reason["bad_".Length..]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"input_tokens\":3}")]
    [InlineData("{\"input\":null}")]
    public void Prices_that_name_no_price_are_none(string prices) =>
        Json.Draft(more: $"\"prices\":{prices}").Options.Prices.Should().BeNull("they would win over every list with a price of 0");

    [Fact]
    public void A_credential_header_is_refused_without_repeating_its_value()
    {
        var parsed = Json.Parse(Json.Manifest(Json.Entry("a", more: "\"headers\":{\"api-key\":\"sk-canary\"}")));

        var detail = parsed.Rejected.Should().ContainSingle().Which.Detail;
        detail.Should().Contain("METIS_API_TOKENS").And.NotContain("sk-canary");
    }
}
