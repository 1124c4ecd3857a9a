using Gateway.Grains.Manifests.Parsing;

namespace Gateway.Grains.Tests.Manifests;

public sealed class GroupNamesTests
{
    [Theory]
    [InlineData("physics")]
    [InlineData("group:physics")]
    [InlineData("local/physics")]
    [InlineData("group:local/physics")]
    public void A_plain_name_a_subject_and_a_qualified_name_are_one_group(string written) =>
        GroupNames.Qualify(written, "local").Should().Be("local/physics");

    [Fact]
    public void Another_issuers_group_stays_that_issuers() =>
        GroupNames.Qualify("group:idp/physics", "local").Should().Be("idp/physics");
}
