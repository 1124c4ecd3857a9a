using Gateway.Grains.Manifests.Parsing;

namespace Gateway.Grains.Tests.Manifests.Parsing;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_counts_edits_and_swaps(string a, string b, int expected)
    {
        NearestName.Distance(a, b).Should().Be(expected);
        NearestName.Distance(b, a).Should().Be(expected);
    }

    [Theory]
    [InlineData("wieght", "weight")]
    [InlineData("URI", "url")]
    [InlineData("prices_per_token", null)]
    public void The_nearest_name_is_one_that_a_slip_leads_away_from(string name, string? nearest) =>
        NearestName.Of(name, ["url", "weight", "prices"]).Should().Be(nearest);

    [Fact]
    public void Names_of_any_length_cost_nothing() => NearestName.Of(new string('x', 8 << 20), ["url", "weight"]).Should().BeNull();
}
