using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Assembly;

public sealed class OverlayMergeTests
{
    private static readonly string[] Groups = ["a", "b", "globus/b", "local/a", "c"];

    private static readonly Gen<ImmutableArray<string>?> Lists =
        Gen.SubListOf(Groups).Select(list => (ImmutableArray<string>?)[.. list]).Or(Gen.Constant((ImmutableArray<string>?)null));

    [Fact]
    public void A_field_of_the_overlay_replaces_the_manifests_and_the_rest_stays()
    {
        var entry = Json.Assemble("\"weight\":2,\"priority\":5,\"notice\":\"old\"", overlay: Json.Overlay("\"weight\":9,\"notice\":\"new\""));

        entry.Weight.Should().Be(9);
        entry.Notice.Should().Be("new");
        entry.Priority.Should().Be(5);
    }

    [Fact]
    public void The_overlay_can_name_the_api_version()
    {
        var entry = Json.Assemble(
            url: "https://r.openai.azure.com/openai/deployments/d", overlay: Json.Overlay("\"query\":{\"api-version\":\"2025-04-01-preview\"}"));

        entry.Query.Should().Contain("api-version", "2025-04-01-preview").And.HaveCount(1);
    }

    [Fact]
    public void The_overlay_restricts_an_entry_that_was_open() =>
        Json.Assemble(overlay: Json.Overlay("\"allowed_groups\":[\"staff\"]")).AllowedGroups!.Value.Should().Equal("local/staff");

    [Fact]
    public void The_overlay_cannot_add_a_group() =>
        Json.Assemble("\"allowed_groups\":[\"staff\",\"globus/x\"]", overlay: Json.Overlay("\"allowed_groups\":[\"globus/x\",\"guests\"]"))
            .AllowedGroups!.Value.Should().Equal("globus/x");

    [Fact]
    public void Whatever_the_overlay_says_nobody_gets_in_whom_the_manifest_shuts_out() =>
        Properties.Check(Lists.Zip(Lists, (manifest, overlay) => new Case(manifest, overlay)), lists =>
        {
            var manifest = Options(lists.Manifest);
            var merged = OverlayMerge.Apply(manifest, Options(lists.Overlay), "local");
            var plain = OverlayMerge.Apply(manifest, null, "local");

            IsSubset(merged.AllowedGroups, plain.AllowedGroups).Should().BeTrue();
            IsSubset(merged.AllowedDomains, plain.AllowedDomains).Should().BeTrue();
            IsSubset(merged.AllowedGroups, OverlayMerge.Apply(Options(lists.Overlay), null, "local").AllowedGroups).Should().BeTrue();
        });

    private static EntryOptions Options(ImmutableArray<string>? names) => new() { AllowedGroups = names, AllowedDomains = names };

    private static bool IsSubset(ImmutableArray<string>? narrow, ImmutableArray<string>? wide) =>
        wide is not { } all || (narrow is { } some && some.All(all.Contains));

    private sealed record Case(ImmutableArray<string>? Manifest, ImmutableArray<string>? Overlay);
}
