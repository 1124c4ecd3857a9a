using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Models;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Models;

namespace Gateway.Api.Tests.Routing;

public sealed class FallbackChainTests
{
    [Fact]
    public async Task The_first_model_serves_whatever_the_priorities_say_and_the_next_one_when_it_cannot()
    {
        var bench = Bench([("smart", ["a", "b"])], Entries.Live("a1", "a", priority: 5), Entries.Live("a2", "a", priority: 9), Entries.Live("b1", "b"));

        var first = await bench.ChooseAsync(model: "smart");
        var second = await bench.ChooseAsync(model: "smart", tried: first.Candidate!);
        var third = await bench.ChooseAsync(model: "smart", tried: [first.Candidate!, second.Candidate!]);

        Ids(first, second, third).Should().Equal("a1", "a2", "b1");
        (await bench.ChooseAsync(model: "smart", tried: [first.Candidate!, second.Candidate!, third.Candidate!])).Blocked.Should().Be(RouteBlock.AllTried);
    }

    [Fact]
    public async Task An_open_circuit_cooling_and_maintenance_lead_to_the_next_model()
    {
        var bench = Bench([("smart", ["a", "b"])], Entries.Live("a1", "a"), Entries.Live("b1", "b"));

        bench.Fail("a1", 5);
        Ids(await bench.ChooseAsync(model: "smart")).Should().Equal("b1");

        bench = Bench([("smart", ["a", "b"])], Entries.Live("a1", "a"), Entries.Live("b1", "b"));
        bench.Feed(Entries.Override("a1", OverrideMode.Maintenance));
        Ids(await bench.ChooseAsync(model: "smart")).Should().Equal("b1");
    }

    [Fact]
    public async Task When_all_are_open_the_preferred_one_is_asked_as_if_it_were_closed()
    {
        var bench = Bench([("smart", ["a", "b"])], Entries.Live("a1", "a"), Entries.Live("b1", "b"));
        bench.Fail("a1", 5);
        bench.Fail("b1", 5);

        Ids(await bench.ChooseAsync(model: "smart")).Should().Equal("a1");
    }

    [Fact]
    public void The_upstream_is_sent_the_models_own_name_or_its_alias()
    {
        var bench = Bench(
            [("smart", ["a", "b", "c"]), ("c", ["c"])],
            Entries.Live("a1", "a"),
            Entries.Live("b1", "b") with { Aliases = ImmutableDictionary<string, string>.Empty.Add("b", "vendor/b") },
            Entries.Live("c1", "c"));

        bench.Route("smart").Candidates.Select(candidate => Encoding.UTF8.GetString(candidate.UpstreamModelJson!)).Should().Equal("\"a\"", "\"vendor/b\"", "\"c\"");
        bench.Route("c").Candidates.Should().ContainSingle().Which.UpstreamModelJson.Should().BeNull("the caller's word is right as it is");
    }

    [Fact]
    public void A_chain_takes_the_place_of_a_model_of_its_name_and_leads_to_models_only()
    {
        var bench = Bench([("a", ["a", "b"]), ("b", ["b", "a"]), ("c", ["a"])], Entries.Live("a1", "a"), Entries.Live("b1", "b"));

        bench.Route("a").Candidates.Select(candidate => candidate.Entry.Id).Should().Equal("a1", "b1");
        bench.Route("b").Candidates.Select(candidate => candidate.Entry.Id).Should().Equal("b1", "a1");
        bench.Route("c").Candidates.Select(candidate => candidate.Entry.Id).Should().Equal(["a1"], "a chain in a chain is its model");
    }

    [Fact]
    public void Models_that_nobody_serves_are_left_out_and_a_chain_of_none_is_no_model()
    {
        var bench = Bench([("smart", ["gone", "a"]), ("dumb", ["gone"])], Entries.Live("a1", "a"));

        bench.Route("smart").Candidates.Should().ContainSingle().Which.Model.Should().Be("a");
        bench.State.Current!.Find("dumb").Should().BeNull();
    }

    [Fact]
    public async Task Both_the_name_and_the_model_must_be_allowed()
    {
        var bench = Bench([("smart", ["a", "b"])], Entries.Live("a1", "a"), Entries.Live("b1", "b") with { AllowedGroups = ["group:local/staff"] });

        Ids(await bench.ChooseAsync(Only(true, "smart", "b"), "smart")).Should().Equal("b1");
        (await bench.ChooseAsync(Only(false, "smart", "b"), "smart")).Blocked.Should().Be(RouteBlock.NotAllowed);
        (await bench.ChooseAsync(Only(true, "a", "b"), "smart")).Blocked.Should().Be(RouteBlock.NotAllowed);
        (await bench.ChooseAsync(Only(true, "smart"), "smart")).Blocked.Should().Be(RouteBlock.NotAllowed);
    }

    [Fact]
    public void A_listing_has_the_name_for_whom_some_model_of_it_is_allowed()
    {
        var bench = Bench([("smart", ["a"])], Entries.Live("a1", "a") with { AllowedGroups = ["group:local/staff"] });

        VisibleModel.All(bench.State.Current!, Entries.Caller("group:local/staff")).Select(model => model.Id).Should().Equal("a", "smart");
        VisibleModel.All(bench.State.Current!, Entries.Anyone).Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_changed_is_followed_without_a_new_manifest()
    {
        var bench = Bench([("smart", ["a"])], Entries.Live("a1", "a"), Entries.Live("b1", "b"));
        bench.State.FollowSettings().Should().BeFalse();

        bench.Models.Chains = Chains(("smart", ["b"]));

        bench.State.FollowSettings().Should().BeTrue();
        bench.Route("smart").Candidates.Should().ContainSingle().Which.Entry.Id.Should().Be("b1");
    }

    private static RoutingBench Bench((string Name, string[] Models)[] chains, params ManifestEntry[] entries)
    {
        var bench = new RoutingBench();
        bench.Models.Chains = Chains(chains);
        bench.Feed(entries);
        return bench;
    }

    private static ModelChains Chains(params (string Name, string[] Models)[] chains) =>
        new(chains.ToImmutableSortedDictionary(chain => chain.Name, chain => chain.Models.ToImmutableArray(), StringComparer.Ordinal));

    private static Caller Only(bool isStaff, params string[] models) => new()
    {
        Models = models.ToFrozenSet(),
        Groups = isStaff ? new[] { "group:local/staff" }.ToFrozenSet() : [],
        Id = "x",
        Username = "x",
        Name = "x",
        AuthService = "gateway",
    };

    private static IEnumerable<string> Ids(params RouteChoice[] choices) => choices.Select(choice => choice.Candidate!.Entry.Id);
}
