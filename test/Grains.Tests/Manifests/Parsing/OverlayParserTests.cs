using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Parsing;

public sealed class OverlayParserTests
{
    [Fact]
    public void Optional_fields_are_read_by_manifest_key()
    {
        var overlay = OverlayParser.Parse(Json.Utf8("""{"a":{"weight":3},"b":{"allowed_groups":[]}}"""));

        overlay.Error.Should().BeNull();
        overlay.Entries["a"].Weight.Should().Be(3);
        overlay.Entries["b"].AllowedGroups!.Value.Should().BeEmpty();
    }

    [Fact]
    public void An_empty_overlay_is_valid() => OverlayParser.Parse(Json.Utf8("{}")).Error.Should().BeNull();

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("""{"a":[]}""", "\"a\"")]
    [InlineData("""{"a":{"weight":0}}""", "weight")]
    [InlineData("""{"a":{"url":"https://evil"}}""", "\"url\" can only be set in the manifest")]
    [InlineData("""{"a":{"cluster":"v1"}}""", "cluster")]
    [InlineData("""{"a":{"allowed_group":["x"]}}""", "there is no field \"allowed_group\"")]
    [InlineData("""{"a":{"weight":1,"weight":2}}""", "twice")]
    [InlineData("""{"a":{},"a":{}}""", "twice")]
    [InlineData("""{"a":{"limits":{"requests_per_minute":500}}}""", "there is no field \"limits.requests_per_minute\"")]
    [InlineData("""{"a":{"limits":{"rpm":5,"rpm":500}}}""", "\"limits.rpm\" is stated twice")]
    [InlineData("""{"a":{"prices":{"input_tokens":3}}}""", "there is no field \"prices.input_tokens\"")]
    [InlineData("""{"a":{"timeouts":{"first_bite":3}}}""", "there is no field \"timeouts.first_bite\"")]
    public void One_mistake_refuses_the_overlay_as_a_whole_and_names_it(string json, string named)
    {
        var overlay = OverlayParser.Parse(Json.Utf8(json));

        overlay.Error.Should().Contain(named);
        overlay.Entries.Should().BeEmpty();
    }
}
