using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Assembly;

public sealed class ManifestDiffTests
{
    private static readonly Gen<ImmutableArray<ManifestEntry>> Manifests =
        Gen.SubListOf("a", "b", "c", "d", "e").SelectMany(ids => Gen.CollectToList(ids, Entry).Select(list => list.ToImmutableArray()));

    [Fact]
    public void Applying_the_difference_to_the_old_manifest_gives_the_new_one() =>
        Properties.Check(Manifests.Two().Select(pair => new Pair(pair.Item1, pair.Item2)), pair =>
        {
            var diff = ManifestDiff.Between(pair.Before, pair.After);
            var applied = pair.Before.Where(entry => diff.Removed.All(gone => gone.Id != entry.Id))
                .Select(entry => diff.Changed.FirstOrDefault(change => change.After.Id == entry.Id)?.After ?? entry)
                .Concat(diff.Added).OrderBy(entry => entry.Id, StringComparer.Ordinal);

            applied.Should().Equal(pair.After.OrderBy(entry => entry.Id, StringComparer.Ordinal), ManifestEntryComparer.AreEqual);
            ManifestDiff.Between(pair.After, pair.After).IsEmpty.Should().BeTrue();
        });

    [Fact]
    public void Equal_content_in_other_instances_is_no_change()
    {
        const string fields = "\"headers\":{\"X-A\":\"1\",\"X-B\":\"2\"},\"allowed_groups\":[\"g\"],\"aliases\":{\"x\":\"y\"},\"limits\":{\"rpm\":1}";

        ManifestDiff.Between([Json.Assemble(fields)], [Json.Assemble(fields)]).IsEmpty.Should().BeTrue();
    }

    [Theory]
    [InlineData("\"headers\":{\"X-A\":\"2\"}")]
    [InlineData("\"headers\":{}")]
    [InlineData("\"allowed_groups\":[]")]
    [InlineData("\"allowed_domains\":[\"d\"]")]
    [InlineData("\"aliases\":{\"x\":\"z\"}")]
    [InlineData("\"query\":{\"q\":\"\"}")]
    [InlineData("\"forward_headers\":[\"X-F\"]")]
    [InlineData("\"timeouts\":{\"idle\":1}")]
    [InlineData("\"notice\":\"n\"")]
    public void A_change_of_any_kind_of_field_is_seen(string fields) =>
        ManifestDiff.Between([Json.Assemble("\"headers\":{\"X-A\":\"1\"}")], [Json.Assemble(fields)]).Changed.Should().ContainSingle();

    [Fact]
    public void A_change_of_status_is_told_apart()
    {
        var live = Json.Assemble();
        var offline = live with { Status = EntryStatus.Offline, StatusText = "offline" };

        ManifestDiff.Between([live], [offline]).Changed.Should().ContainSingle().Which.ChangesStatus.Should().BeTrue();
        ManifestDiff.Between([live], [live with { Weight = 5 }]).Changed.Should().ContainSingle().Which.ChangesStatus.Should().BeFalse();
    }

    [Fact]
    public void A_mere_change_of_order_is_no_change()
    {
        var one = Json.Assemble();
        var other = one with { Id = "b" };

        ManifestDiff.Between([one, other], [other, one]).IsEmpty.Should().BeTrue();
    }

    private static Gen<ManifestEntry> Entry(string id) => Gen.Choose(1, 3).Select(weight => Json.Assemble() with { Id = id, Weight = weight });

    private sealed record Pair(ImmutableArray<ManifestEntry> Before, ImmutableArray<ManifestEntry> After);
}
