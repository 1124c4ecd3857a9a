using System.Collections.Immutable;
using System.Net;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Network;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Assembly;

public sealed class ManifestAssemblerTests
{
    private readonly FakeProviderKeys _keys = FakeProviderKeys.With("acct");

    [Fact]
    public void Of_two_entries_with_one_key_over_several_manifests_the_first_wins()
    {
        var result = Assemble(
            new SourceCopies("one", Copy("one", Json.Entry("a", expert: "first")), null),
            new SourceCopies("two", Copy("two", Json.Entry("a", expert: "second"), Json.Entry("b")), null));

        result.Entries.Select(entry => (entry.Id, entry.Cluster)).Should().Equal(("a", "one"), ("b", "two"));
        result.Rejected.Should().ContainSingle(item => item.Id == "a" && item.Cluster == "two" && item.Reason == "duplicate_id");
    }

    [Fact]
    public void A_copy_of_which_nothing_is_left_does_not_replace_the_one_in_force_but_shows_why()
    {
        var result = Assemble(new SourceCopies("one", Copy("one", Json.Entry("new", endpointId: "no-such-key")), Copy("one", Json.Entry("old"))));

        result.Entries.Should().ContainSingle(entry => entry.Id == "old");
        result.Rejected.Should().ContainSingle(item => item.Id == "new" && item.Reason == "no_key");
        result.RefusedSources.Should().Equal("one");
    }

    [Fact]
    public void A_copy_of_which_something_is_left_replaces_the_one_in_force()
    {
        var result = Assemble(new SourceCopies(
            "one", Copy("one", Json.Entry("new"), Json.Entry("bad", endpointId: "no-such-key")), Copy("one", Json.Entry("old"))));

        result.Entries.Should().ContainSingle(entry => entry.Id == "new");
        result.RefusedSources.Should().BeEmpty();
    }

    [Fact]
    public void A_stolen_key_cannot_be_had_by_adding_an_entry_in_front_of_the_known_one()
    {
        var before = Assemble(new SourceCopies("one", Copy("one", Json.Entry("a", url: "https://good.example/v1")), null));

        var after = Assemble(
            before.Origins,
            new SourceCopies("one", Copy("one", Json.Entry("evil", url: "https://evil.example/v1"), Json.Entry("a", url: "https://good.example/v1")), null));

        after.Entries.Should().ContainSingle(entry => entry.Id == "a");
        after.Rejected.Should().ContainSingle(item => item.Id == "evil" && item.Reason == "origin_changed");
    }

    [Fact]
    public void Nothing_is_served_while_a_configured_overlay_was_never_read()
    {
        var result = ManifestAssembler.Assemble(Input([], [new SourceCopies("one", Copy("one", Json.Entry("a")), null)]) with { Overlay = null });

        result.Entries.Should().BeEmpty();
        result.Rejected.Should().ContainSingle(item => item.Reason == "overlay_unavailable");
    }

    [Theory]
    [InlineData("https://xn--\u00fc.example/v1")]
    [InlineData("https://\u202e.com/")]
    public void A_stored_entry_whose_host_cannot_be_asked_for_costs_only_itself(string url)
    {
        var stored = Copy("one", Json.Entry("bad"), Json.Entry("good"));
        stored = stored with { Entries = [stored.Entries[0] with { Url = url }, stored.Entries[1]] };

        var result = Assemble(new SourceCopies("one", null, stored));

        result.Entries.Should().ContainSingle(entry => entry.Id == "good");
        result.Rejected.Should().ContainSingle(item => item.Id == "bad" && item.Reason == "bad_url");
    }

    private AssembledManifest Assemble(params ImmutableArray<SourceCopies> sources) => Assemble([], sources);

    private AssembledManifest Assemble(ImmutableArray<KeyOrigin> origins, params ImmutableArray<SourceCopies> sources) =>
        ManifestAssembler.Assemble(Input(origins, sources));

    private AssemblyInput Input(ImmutableArray<KeyOrigin> origins, ImmutableArray<SourceCopies> sources) => new(
        sources,
        ImmutableDictionary<string, EntryOptions>.Empty,
        origins,
        _keys,
        new AddressPolicy(allowPrivate: true),
        new Dictionary<string, ImmutableArray<IPAddress>>(),
        "local");

    private static SourceCopy Copy(string source, params string[] entries)
    {
        var parsed = Json.Parse(Json.Manifest(entries));
        return new SourceCopy { Source = source, Location = "l", FetchedAt = DateTimeOffset.UnixEpoch, Entries = parsed.Entries, Rejected = parsed.Rejected };
    }
}
