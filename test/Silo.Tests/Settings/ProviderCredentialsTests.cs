using Gateway.Grains.Manifests;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Settings;

public sealed class ProviderCredentialsTests
{
    private readonly ProviderCredentials _credentials = new();

    [Fact]
    public void A_key_is_a_text_a_list_or_an_object_with_origins()
    {
        Tokens("""{"a":"k1","b":["new","old"],"c":{"keys":["k3"],"origins":["https://API.example.org","http://127.0.0.1:9/","https://[::1]"]}}""").Should().BeNull();

        _credentials.Find("a")!.Keys.Should().Equal("k1");
        _credentials.Find("b")!.Keys.Should().Equal("new", "old");
        _credentials.Find("c")!.Origins.Should().Equal("https://api.example.org:443", "http://127.0.0.1:9", "https://[::1]:443");
        _credentials.Find("d").Should().BeNull();
    }

    [Theory]
    [InlineData("""{"a":""}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":5}""")]
    [InlineData("""{"a":"sk canary"}""")]
    [InlineData("""{"a":"sk-canary\r\nx-evil: 1"}""")]
    [InlineData("""{"a":"sk-canary-é"}""")]
    [InlineData("""{"a":{"origins":["https://x"]}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"origins":["https://x/path"]}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"origins":[]}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"origin":["https://x"]}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"Origins":["https://x"]}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"sk-canary2":"https://x"}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"origins":["https://xn--\u00fc.example"]}}""")]
    [InlineData("""{"a":{"keys":["sk-canary"],"origins":["https://\u202e.com"]}}""")]
    [InlineData("""{"a":"sk-canary","a":"sk-canary2"}""")]
    [InlineData("""["sk-canary"]""")]
    [InlineData("""{"a":sk-canary}""")]
    [InlineData("sk-canary")]
    public void A_wrong_text_is_refused_without_quoting_it_and_changes_nothing(string text)
    {
        Tokens("""{"a":"kept"}""").Should().BeNull();
        var version = _credentials.Version;

        Tokens(text).Should().NotBeNull().And.NotContain("canary");

        _credentials.Version.Should().Be(version);
        _credentials.Find("a")!.Keys.Should().Equal("kept");
    }

    [Fact]
    public void Broken_json_is_located()
    {
        Tokens("{\n\"a\": \"b\"\n\"c\": \"d\"\n}").Should().Contain("line 3");
    }

    [Fact]
    public void Headers_join_the_keys_and_count_as_secrets_of_their_own()
    {
        Tokens("""{"a":"k"}""").Should().BeNull();
        Headers("""{"a":{"X-Org":"org 1"},"b":{"x-only":"header"}}""").Should().BeNull();
        IProviderKeys keys = _credentials;

        _credentials.Find("a")!.Headers["x-org"].Should().Be("org 1");
        _credentials.WithKeys.Should().BeEquivalentTo("a");
        _credentials.WithHeaders.Should().BeEquivalentTo("a", "b");
        keys.Find("a").Should().NotBeNull();
        keys.Find("b").Should().BeNull();
        keys.HasSecretHeaders("b").Should().BeTrue();
        keys.HasSecretHeaders("c").Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"a":{"host":"canary"}}""")]
    [InlineData("""{"a":{"Transfer-Encoding":"canary"}}""")]
    [InlineData("""{"a":{"bad name":"canary"}}""")]
    [InlineData("""{"a":{"x":"canary\r\ny: 1"}}""")]
    [InlineData("""{"a":{"x":5}}""")]
    [InlineData("""{"a":"canary"}""")]
    public void Headers_that_could_break_a_request_are_refused(string text) => Headers(text).Should().NotBeNull().And.NotContain("canary");

    [Fact]
    public void Every_change_counts_the_version_up()
    {
        var version = _credentials.Version;
        Tokens("""{"a":"k"}""").Should().BeNull();
        _credentials.Version.Should().BeGreaterThan(version);
        version = _credentials.Version;
        Headers("""{"a":{"x":"y"}}""").Should().BeNull();
        _credentials.Version.Should().BeGreaterThan(version);
    }

    private string? Tokens(string text) => _credentials.TrySetTokens(text, out var error) ? null : error;

    private string? Headers(string text) => _credentials.TrySetHeaders(text, out var error) ? null : error;
}
