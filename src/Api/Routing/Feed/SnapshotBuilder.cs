using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Routing.Balancing;
using Gateway.Api.Routing.Health;
using Gateway.Api.Routing.Upstreams;
using Gateway.Silo.Settings.Models;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Routing.Feed;

/// <summary>Makes a routing snapshot of manifest entries, overrides, and the operator's fallback chains.</summary>
/// <param name="random">Only the builder uses it, one build at a time.</param>
/// <param name="rules">Null: there are none.</param>
/// <param name="models">Null: there are no chains.</param>
public sealed class SnapshotBuilder(
    UpstreamTargets targets, IOutcomeListener listener, TimeProvider time, Random random, AccessRules? rules = null, IOptions<ModelOptions>? models = null)
{
    private readonly AccessRules _rules = rules ?? AccessRules.None;

    private ModelChains Chains => models?.Value.Chains ?? ModelChains.None;

    /// <summary>Whether keys and chains are still those that the snapshot was made with.</summary>
    public bool IsCurrent(RoutingSnapshot snapshot) => snapshot.CredentialsVersion == targets.CredentialsVersion && ReferenceEquals(snapshot.Chains, Chains);

    /// <param name="previous">What an entry's key, and a model's name and candidates, have in common with it lives on.</param>
    public RoutingSnapshot Build(ManifestEntries manifest, ImmutableArray<EndpointOverride> overrides, RoutingSnapshot? previous)
    {
        // Read first: a key that changes while the targets are made leaves an old number, so that they are made again.
        var credentialsVersion = targets.CredentialsVersion;
        var chains = Chains;
        var words = overrides.ToFrozenDictionary(word => word.EntryId);
        var before = previous?.Entries.ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        var endpoints = manifest.Entries.ToFrozenDictionary(entry => entry.Id, entry => Endpoint(entry, before?.GetValueOrDefault(entry.Id), previous));
        var byModel = new Dictionary<string, List<RouteCandidate>>(StringComparer.Ordinal);
        foreach (var entry in manifest.Entries)
        {
            AddCandidates(entry, words.GetValueOrDefault(entry.Id), endpoints[entry.Id], byModel);
        }

        AddChains(chains, byModel);
        var createdAt = manifest.Version / 1000;
        return new RoutingSnapshot
        {
            ManifestVersion = manifest.Version,
            Entries = manifest.Entries,
            Overrides = words,
            Endpoints = endpoints,
            Routes = byModel.ToFrozenDictionary(pair => pair.Key, pair => Route(pair.Key, pair.Value, createdAt, previous?.Find(pair.Key)), StringComparer.Ordinal),
            CredentialsVersion = credentialsVersion,
            Chains = chains,
            Rules = _rules,
        };
    }

    private EndpointState Endpoint(ManifestEntry entry, ManifestEntry? before, RoutingSnapshot? previous)
    {
        var known = previous?.Endpoints.GetValueOrDefault(entry.Id);
        if (known is not null && before is not null && !entry.HasSameUpstream(before))
        {
            known.IsReplaced = true;
            known = null;
        }

        return known ?? new EndpointState(time) { Id = entry.Id, Listener = listener };
    }

    private void AddCandidates(ManifestEntry entry, EndpointOverride? word, EndpointState endpoint, Dictionary<string, List<RouteCandidate>> byModel)
    {
        var keys = targets.For(entry);
        var serves = keys.Length > 0 && RoutingSnapshot.IsLive(entry, word);
        endpoint.Targets = keys;
        foreach (var model in entry.Experts)
        {
            if (!byModel.TryGetValue(model, out var candidates))
            {
                byModel.Add(model, candidates = []);
            }

            candidates.Add(Candidate(entry, endpoint, model, keys, serves, word?.Notice ?? entry.Notice));
        }
    }

    /// <summary>
    /// A chain takes the place of a model of its name. Its own names are those of the manifest's models, never of chains, so that none leads in a
    /// circle; one that no entry serves is left out.
    /// </summary>
    private static void AddChains(ModelChains chains, Dictionary<string, List<RouteCandidate>> byModel)
    {
        var made = new List<(string Name, List<RouteCandidate> Candidates)>();
        foreach (var (name, models) in chains.ByName)
        {
            var candidates = new List<RouteCandidate>();
            foreach (var (hop, model) in models.Index())
            {
                candidates.AddRange(byModel.GetValueOrDefault(model, []).Select(candidate => candidate.InChain(name, hop)));
            }

            made.Add((name, candidates));
        }

        foreach (var (name, candidates) in made.Where(chain => chain.Candidates.Count > 0))
        {
            byModel[name] = candidates;
        }
    }

    private static RouteCandidate Candidate(
        ManifestEntry entry, EndpointState endpoint, string model, ImmutableArray<UpstreamTarget> keys, bool serves, string? notice)
    {
        var upstreamModel = entry.Aliases.TryGetValue(model, out var name) ? JsonSerializer.SerializeToUtf8Bytes(name) : null;
        RouteCandidate? candidate = null;
        for (var i = Math.Max(0, keys.Length - 1); i >= 0; i--)
        {
            candidate = new RouteCandidate
            {
                Entry = entry,
                Model = model,
                Endpoint = endpoint,
                Target = keys.Length > 0 ? keys[i] : UpstreamTarget.Nowhere,
                NextKey = candidate,
                UpstreamModelJson = upstreamModel,
                Serves = serves,
                Notice = notice,
            };
        }

        return candidate!;
    }

    private ModelRoute Route(string model, List<RouteCandidate> unordered, long createdAt, ModelRoute? previous)
    {
        ImmutableArray<RouteCandidate> candidates = [.. unordered.OrderBy(candidate => candidate.Hop).ThenBy(candidate => candidate.Entry.Priority)];
        return new ModelRoute
        {
            Model = model,
            Candidates = candidates,
            Rules = _rules,
            CreatedAt = previous?.CreatedAt ?? createdAt,
            Balancer = HasSameEntries(previous, candidates) ? previous!.Balancer : new SmoothWeightedBalancer(candidates, random),
        };
    }

    private static bool HasSameEntries(ModelRoute? previous, ImmutableArray<RouteCandidate> candidates) =>
        previous is not null && previous.Candidates.Select(candidate => (candidate.Entry.Id, candidate.Model)).SequenceEqual(candidates.Select(candidate => (candidate.Entry.Id, candidate.Model)));
}
