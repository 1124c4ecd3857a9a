using System.Collections.Frozen;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Forwarding;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Silo.Settings.Access;
using Gateway.Silo.Settings.Models;

namespace Gateway.Api.Tests.Forwarding;

public sealed class ClusterScopesTests
{
    private readonly ClusterScopes _scopes = new();

    [Fact]
    public void A_single_cluster_uses_the_routes_as_they_are()
    {
        var snapshot = Snapshot("metis/api", "metis/api");

        _scopes.TryFind(snapshot, "metis", "api", Entries.Model, out var route).Should().BeTrue();

        route.Should().BeSameAs(snapshot.Find(Entries.Model));
    }

    [Fact]
    public void A_path_reaches_its_own_clusters_entries_only_and_keeps_their_balance()
    {
        var snapshot = Snapshot("metis/api", "other/api", "metis/vllm", "metis/api");

        _scopes.TryFind(snapshot, "metis", "api", Entries.Model, out var first);
        _scopes.TryFind(snapshot, "metis", "api", Entries.Model, out var second);

        first!.Candidates.Select(candidate => candidate.Entry.Id).Should().Equal("0", "3");
        second.Should().BeSameAs(first, "a route carries the balance between its entries");
    }

    [Theory]
    [InlineData("nowhere", "api")]
    [InlineData("metis", "nothing")]
    [InlineData("other", "vllm")]
    [InlineData("METIS", "api")]
    public void What_the_manifest_does_not_have_is_unknown(string cluster, string framework) =>
        _scopes.TryFind(Snapshot("metis/api", "metis/vllm", "other/api"), cluster, framework, Entries.Model, out _).Should().BeFalse();

    [Fact]
    public void A_model_of_another_cluster_is_not_found()
    {
        _scopes.TryFind(Snapshot("metis/api"), "metis", "api", "unknown", out var route).Should().BeTrue();

        route.Should().BeNull();
    }

    [Fact]
    public void The_operators_rules_hold_for_one_clusters_path_as_for_all()
    {
        var snapshot = Snapshot("metis/api", "other/api");

        _scopes.TryFind(snapshot, "metis", "api", Entries.Model, out var route);

        route!.Rules.Should().BeSameAs(snapshot.Find(Entries.Model)!.Rules).And.NotBeSameAs(AccessRules.None);
    }

    private static RoutingSnapshot Snapshot(params string[] places)
    {
        var rules = new AccessRules(new AccessOptions(), new SubjectNames("local"));
        var entries = places.Select((place, index) => Entries.At("http://127.0.0.1:1/v1", $"{index}") with
        {
            Cluster = place.Split('/')[0],
            Framework = place.Split('/')[1],
        }).ToArray();
        var route = new ModelRoute { Model = Entries.Model, Candidates = [.. entries.Select(Candidate)], Rules = rules };
        return new RoutingSnapshot
        {
            ManifestVersion = 1,
            Rules = rules,
            Entries = [.. entries],
            Overrides = FrozenDictionary<string, EndpointOverride>.Empty,
            Endpoints = FrozenDictionary<string, EndpointState>.Empty,
            Routes = new[] { route }.ToFrozenDictionary(each => each.Model),
            CredentialsVersion = 1,
            Chains = ModelChains.None,
        };
    }

    private static RouteCandidate Candidate(ManifestEntry entry) => new()
    {
        Entry = entry,
        Model = Entries.Model,
        Endpoint = new EndpointState { Id = entry.Id },
        Target = UpstreamTarget.Nowhere,
        Serves = true,
    };
}
