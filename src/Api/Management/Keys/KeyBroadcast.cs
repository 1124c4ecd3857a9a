using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Api.Cluster;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Management.Keys;

/// <summary>Tells the other nodes that keys changed, and asks who knows.</summary>
internal sealed partial class KeyBroadcast(IGrainFactory grains, GrainCallCounts calls, IOptions<ClusterOptions> cluster, IOptions<NodeOptions> node, TimeProvider time, ILogger<KeyBroadcast> logger)
{
    private static readonly TimeSpan CallBound = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConfirmationBound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private IManifestGrain Manifest => grains.GetGrain<IManifestGrain>(IManifestGrain.Key);

    /// <summary>Best effort: nodes also look into the database once a second.</summary>
    public async Task<bool> AnnounceAsync(long keysVersion, CancellationToken cancellationToken)
    {
        try
        {
            calls.CountBackground();
            await Manifest.KeysChanged(keysVersion).WaitAsync(CallBound, time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotAnnounced(keysVersion, exception.Message);
            return false;
        }
    }

    /// <summary>Announces, then waits up to a second for every node to have the change.</summary>
    public async Task<Revocation> ConfirmAsync(long keysVersion)
    {
        using var bound = new CancellationTokenSource(ConfirmationBound, time);
        if (!await AnnounceAsync(keysVersion, CancellationToken.None))
        {
            return Revocation.Unreachable;
        }

        while (true)
        {
            if (await ReadNodesAsync(keysVersion) is not { } nodes)
            {
                return Revocation.Unreachable;
            }

            var behind = Behind(nodes, keysVersion);
            var everyoneIsListed = nodes.IsComplete || !cluster.Value.IsClusterMode;
            if ((behind.IsEmpty && everyoneIsListed) || bound.IsCancellationRequested)
            {
                return new Revocation(behind, everyoneIsListed ? [] : ["nodes"]);
            }

            await Task.Delay(PollInterval, time, bound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Those that may still accept the key, also where nobody has heard of them lately. This node is left out: its snapshot has the change,
    /// its heartbeat would only say so a second later.
    /// </summary>
    private ImmutableArray<string> Behind(NodeList list, long keysVersion) =>
        [.. list.Nodes.Select(other => (Id: other.Last.NodeId, other.Last.KeysVersion)).Concat(list.Silent.Select(other => (Id: other.NodeId, other.KeysVersion)))
            .Where(other => other.KeysVersion < keysVersion && other.Id != node.Value.NodeId).Select(other => other.Id)];

    private async Task<NodeList?> ReadNodesAsync(long keysVersion)
    {
        try
        {
            calls.CountBackground();
            return await Manifest.DescribeNodes().WaitAsync(CallBound, time);
        }
        catch (Exception exception)
        {
            LogNotAnnounced(keysVersion, exception.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 4020, Level = LogLevel.Warning, Message = "The change {Version} of the keys could not be announced; nodes find it in the database within a second. {Reason}")]
    private partial void LogNotAnnounced(long version, string reason);
}

/// <param name="Unconfirmed">Nodes that may still accept the key.</param>
/// <param name="Unavailable">
/// <c>manifest</c>: nobody could be asked which nodes there are; <c>nodes</c>: whoever keeps the list has just taken over and may not know all.
/// </param>
internal sealed record Revocation(ImmutableArray<string> Unconfirmed, ImmutableArray<string> Unavailable)
{
    public static Revocation Unreachable { get; } = new([], ["manifest"]);

    /// <summary>Keys that were made with it are refused like it, but not all of them are marked as revoked.</summary>
    public bool AreDescendantsPending { get; init; }

    public bool IsConfirmed => Unconfirmed.IsEmpty && Unavailable.IsEmpty && !AreDescendantsPending;
}
