using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Silo.Hosting;

namespace Gateway.Api.Management.Cluster;

/// <summary><c>GET /admin/cluster</c> and <c>GET /admin/silos/{id}/grains</c>.</summary>
public sealed class ClusterReading(Router router, IGrainFactory grains, GrainReads reads, TimeProvider time)
{
    public const int MaximumGrains = 1_000;

    private IManagementGrain Silos => grains.GetGrain<IManagementGrain>(0);

    public async Task<IResult> GetAsync(CancellationToken cancellationToken)
    {
        var nodes = reads.TryAsync(grains.GetGrain<IManifestGrain>(IManifestGrain.Key).DescribeNodes, cancellationToken);
        var hosts = reads.TryAsync(() => Silos.GetHosts(onlyActive: false), cancellationToken);
        var statistics = reads.TryAsync(() => Silos.GetSimpleGrainStatistics(), cancellationToken);
        await Task.WhenAll(nodes, hosts, statistics);
        return new JsonAnswer(Compose(await nodes, await hosts, await statistics));
    }

    /// <summary>Activations of one silo, by grain id; at most <see cref="MaximumGrains"/>.</summary>
    /// <param name="after">The last grain id of the page before.</param>
    public async Task<IResult> GetGrainsAsync(string id, string? after, CancellationToken cancellationToken)
    {
        if (await reads.TryAsync(() => Silos.GetHosts(onlyActive: false), cancellationToken) is not { } hosts)
        {
            return new JsonAnswer(new { Data = Array.Empty<object>(), HasMore = false, Unavailable = (string[])[id] });
        }

        if (hosts.Keys.FirstOrDefault(silo => silo.ToParsableString() == id) is not { } address)
        {
            return new ErrorAnswer(ManagementErrors.SiloNotFound());
        }

        var found = hosts[address] != SiloStatus.Active ? null : await reads.TryAsync(() => Silos.GetDetailedGrainStatistics(hostsIds: [address]), cancellationToken);
        var page = (found ?? [])
            .Select(grain => new { GrainId = grain.GrainId.ToString(), grain.GrainType })
            .Where(grain => after is null || string.CompareOrdinal(grain.GrainId, after) > 0)
            .OrderBy(grain => grain.GrainId, StringComparer.Ordinal)
            .Take(MaximumGrains + 1)
            .ToArray();
        return new JsonAnswer(new
        {
            Data = page.Take(MaximumGrains),
            HasMore = page.Length > MaximumGrains,
            Unavailable = found is null ? (string[])[id] : [],
        });
    }

    private ClusterJson Compose(NodeList? nodes, Dictionary<SiloAddress, SiloStatus>? hosts, SimpleGrainStatistic[]? statistics)
    {
        var unavailable = new List<string>();
        Note(nodes, "nodes");
        Note(hosts, "silos");
        Note(statistics, "activations");
        return new ClusterJson
        {
            Nodes = [.. (nodes?.Nodes ?? []).OrderBy(node => node.Last.NodeId, StringComparer.Ordinal).Select(NodeJson.Of)],
            NodesComplete = nodes?.IsComplete,
            Silos = [.. (hosts ?? []).OrderBy(host => host.Key.ToParsableString(), StringComparer.Ordinal).Select(host => Silo(host.Key, host.Value, statistics, nodes))],
            Engine = ClusterHostingExtensions.EngineName,
            MembershipVersion = nodes?.MembershipVersion,
            SettingsAgree = nodes is null ? null : nodes.Nodes.Select(node => node.Last.SettingsHash).Concat(nodes.Silos.Select(silo => silo.SettingsHash)).Distinct().Count() <= 1,
            ManifestVersion = router.Current?.ManifestVersion ?? 0,
            AsOf = time.GetUtcNow().UtcDateTime,
            Unavailable = [.. unavailable],
        };

        void Note(object? answer, string name)
        {
            if (answer is null)
            {
                unavailable.Add(name);
            }
        }
    }

    private static SiloJson Silo(SiloAddress address, SiloStatus status, SimpleGrainStatistic[]? statistics, NodeList? nodes)
    {
        var id = address.ToParsableString();
        var reported = nodes?.Silos.FirstOrDefault(silo => silo.SiloId == id);

        // Only active silos are asked: one that is leaving still has activations.
        var activations = status != SiloStatus.Active ? null : statistics?.Where(row => row.SiloAddress.Equals(address)).Sum(row => row.ActivationCount);
        return new SiloJson(id, status, activations, reported?.Version, reported?.SettingsHash);
    }
}
