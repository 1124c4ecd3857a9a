using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;
using System.Collections.Immutable;
using System.Text;

namespace Gateway.Api.Tests.Routing;

public sealed class SnapshotTests
{
    [Fact]
    public void States_of_entries_that_stay_survive_any_sequence_of_manifests() => Prop.ForAll(
        Gen.SubListOf("a", "b", "c", "d", "e").NonEmptyListOf().ToArbitrary(),
        manifests =>
        {
            var bench = new RoutingBench();
            ImmutableDictionary<string, EndpointState> before = ImmutableDictionary<string, EndpointState>.Empty;
            foreach (var ids in manifests)
            {
                bench.Feed([.. ids.Select(id => Entries.Live(id))]);
                var after = bench.State.Current!.Endpoints;
                if (!after.Keys.ToHashSet().SetEquals(ids) || !after.Where(pair => before.ContainsKey(pair.Key)).All(pair => ReferenceEquals(pair.Value, before[pair.Key])))
                {
                    return false;
                }

                before = after.ToImmutableDictionary();
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact]
    public void The_state_of_an_entry_ends_where_it_leads_to_another_upstream()
    {
        var entry = Entries.Live("a");
        var bench = new RoutingBench(entry);
        EndpointState Now(ManifestEntry next)
        {
            bench.Feed([next]);
            return bench.State.Current!.Endpoints["a"];
        }

        var first = Now(entry);

        Now(entry with { Weight = 7, Priority = 3 }).Should().BeSameAs(first);
        var moved = Now(entry with { Url = "https://moved.example/v1" });
        moved.Should().NotBeSameAs(first);
        first.IsReplaced.Should().BeTrue();
        var other = Now(entry with { Url = "https://moved.example/v1", EndpointId = "other" });
        other.Should().NotBeSameAs(moved);
        Now(entry with { Url = "https://moved.example/v1", EndpointId = "other", Auth = UpstreamAuth.None }).Should().NotBeSameAs(other);
    }

    [Theory]
    [InlineData(EntryStatus.Live, null, true)]
    [InlineData(EntryStatus.Live, OverrideMode.Live, true)]
    [InlineData(EntryStatus.Live, OverrideMode.Drain, false)]
    [InlineData(EntryStatus.Live, OverrideMode.Maintenance, false)]
    [InlineData(EntryStatus.Offline, OverrideMode.Live, false)]
    [InlineData(EntryStatus.Maintenance, OverrideMode.Live, false)]
    [InlineData(EntryStatus.Unknown, null, false)]
    public void Drain_beats_live_and_offline_beats_an_operators_live(EntryStatus status, OverrideMode? mode, bool serves)
    {
        var bench = new RoutingBench(Entries.Live("a").With(status));
        if (mode is { } word)
        {
            bench.Feed(Entries.Override("a", word));
        }

        bench.Route().Candidates[0].Serves.Should().Be(serves);
    }

    [Fact]
    public void An_operators_notice_beats_the_manifests()
    {
        var bench = new RoutingBench(Entries.Live("a") with { Notice = "from the manifest" });
        bench.Feed(Entries.Override("a", OverrideMode.Maintenance, "from the operator"));

        bench.Route().Candidates[0].Notice.Should().Be("from the operator");
    }

    [Fact]
    public void An_entry_without_a_key_does_not_serve_unless_it_needs_none()
    {
        var bench = new RoutingBench();
        bench.Credentials.Set("account-a");
        bench.Credentials.Set("account-b");
        bench.Feed(Entries.Live("a"), Entries.Live("b", model: "n") with { Auth = UpstreamAuth.None });

        bench.Route().Candidates[0].Serves.Should().BeFalse();
        bench.Route("n").Candidates[0].Serves.Should().BeTrue();
    }

    [Fact]
    public void An_alias_is_sent_upstream_as_escaped_json_and_other_names_as_they_are()
    {
        var entry = Entries.Live("a") with { Experts = ["m", "fast"], Aliases = ImmutableDictionary<string, string>.Empty.Add("fast", "vendor/\"x\"") };
        var bench = new RoutingBench(entry);

        bench.Route("m").Candidates[0].UpstreamModelJson.Should().BeNull();
        var sent = Encoding.UTF8.GetString(bench.Route("fast").Candidates[0].UpstreamModelJson!);
        System.Text.Json.JsonSerializer.Deserialize<string>(sent).Should().Be("vendor/\"x\"");
    }

    [Fact]
    public void Model_names_are_exact()
    {
        var bench = new RoutingBench(Entries.Live("a", model: "Org/Model-1"));

        bench.State.Current!.Find("org/model-1").Should().BeNull();
        bench.State.Current.Find("Org-Model-1").Should().BeNull();
        bench.State.Current.Find("Org/Model-1").Should().NotBeNull();
    }

    [Fact]
    public void A_models_age_does_not_change_with_later_manifests()
    {
        var bench = new RoutingBench(Entries.Live("a"));
        var born = bench.Route().CreatedAt;
        bench.Time.Advance(TimeSpan.FromHours(1));

        bench.Feed(Entries.Live("a"), Entries.Live("b", model: "n"));

        bench.Route().CreatedAt.Should().Be(born);
        bench.Route("n").CreatedAt.Should().Be(born + 3600);
    }

    [Fact]
    public void A_feed_without_entries_keeps_those_in_force()
    {
        var bench = new RoutingBench(Entries.Live("a"));

        bench.Feed(Array.Empty<EndpointVerdict>());

        bench.Route().Candidates.Should().ContainSingle();
    }

    [Fact]
    public void A_feed_from_before_the_owners_answer_does_not_undo_it_and_a_newer_one_does()
    {
        var bench = new RoutingBench(Entries.Live("a"));
        var older = bench.Cluster.Manifest.Feed with { Manifest = null };
        bench.Time.Advance(TimeSpan.FromMilliseconds(10));
        bench.Endpoint("a").ApplyAnswer(bench.Cluster.Endpoint("a").Next(CircuitState.Open, bench.Time.GetUtcNow().AddSeconds(10)) with { Version = bench.Time.GetUtcNow().ToUnixTimeMilliseconds() }, coversOwnOutcomes: true);

        bench.State.Apply(older);
        bench.Endpoint("a").Health.Verdict.Should().NotBeNull();

        bench.Time.Advance(TimeSpan.FromMilliseconds(10));
        bench.Feed(Array.Empty<EndpointVerdict>());
        bench.Endpoint("a").Health.IsClear.Should().BeTrue();
    }
}
