using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class OwnershipTests
{
    private const int Grains = 20_000;

    // From the reference code of FNV.
    [Theory]
    [InlineData("", 0xcbf29ce484222325UL)]
    [InlineData("a", 0xaf63dc4c8601ec8cUL)]
    [InlineData("foobar", 0x85944171f73967e8UL)]
    public void texts_hash_as_published(string text, ulong hash) => StableHash.Of(text).Should().Be(hash);

    // fmix64 of the reference code of MurmurHash3.
    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(1UL, 0xb456bcfc34c2cb2cUL)]
    public void numbers_mix_as_published(ulong value, ulong mixed) => StableHash.Mix(value).Should().Be(mixed);

    [Fact]
    public void a_grain_hashes_as_its_text() => StableHash.Of(GrainId.Create("counter", "é🚀/1")).Should().Be(StableHash.Of("counter/é🚀/1"));

    [Fact]
    public void a_long_key_is_hashed_whole() =>
        StableHash.Of(new string('x', 5_000) + "a").Should().NotBe(StableHash.Of(new string('x', 5_000) + "b"));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void silos_own_equal_shares(int silos)
    {
        var view = View(silos);

        var shares = AllGrains().GroupBy(view.OwnerOf).Select(share => share.Count()).ToList();

        shares.Should().HaveCount(silos).And.OnlyContain(share => share > Grains / silos * 0.9 && share < Grains / silos * 1.1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void a_joining_silo_takes_its_share_and_nothing_else_moves(int silos)
    {
        var (before, after) = (View(silos), View(silos + 1));

        var moved = AllGrains().Where(grain => !before.OwnerOf(grain)!.Equals(after.OwnerOf(grain))).ToList();

        moved.Should().OnlyContain(grain => after.OwnerOf(grain)!.Equals(Address(silos)));
        moved.Count.Should().BeInRange((int)(Grains / (silos + 1) * 0.9), (int)(Grains / (silos + 1) * 1.1));
    }

    [Fact]
    public void the_order_of_members_does_not_matter() => Prop.ForAll(
        Gen.Zip(Gen.Shuffle(Enumerable.Range(0, 7).ToArray()), ArbMap.Default.GeneratorFor<NonEmptyString>()).ToArbitrary(),
        sample => View(7).OwnerOf(GrainId.Create("some", sample.Item2.Get))!.Equals(
            new ClusterView(1, [.. sample.Item1.Select(Member)]).OwnerOf(GrainId.Create("some", sample.Item2.Get)))).QuickCheckThrowOnFailure();

    [Fact]
    public void who_is_not_active_owns_nothing()
    {
        var view = new ClusterView(1, [Member(0) with { IsOwner = false, Status = SiloStatus.Joining }]);

        view.OwnerOf(GrainId.Create("counter", "one")).Should().BeNull();
        ClusterView.Empty.OwnerOf(GrainId.Create("counter", "one")).Should().BeNull();
    }

    [Fact]
    public void the_engine_s_own_grain_of_a_silo_lives_on_that_silo()
    {
        var view = View(3);

        view.OwnerOf(GrainId.Create("silo-control", Address(1).ToParsableString())).Should().Be(Address(1));
        view.OwnerOf(GrainId.Create("silo-control", Address(9).ToParsableString())).Should().BeNull();
        view.OwnerOf(GrainId.Create("silo-control", "nonsense")).Should().BeNull();
    }

    private static IEnumerable<GrainId> AllGrains() => Enumerable.Range(0, Grains).Select(number => GrainId.Create("counter", $"key{number}"));

    private static ClusterView View(int silos) => new(1, [.. Enumerable.Range(0, silos).Select(Member)]);

    private static SiloAddress Address(int number) => SiloAddress.FromParsableString($"10.0.0.{number}:11111@21");

    private static ViewMember Member(int number) => new(Address(number), SiloStatus.Active, $"silo {number}", IsOwner: true);
}
