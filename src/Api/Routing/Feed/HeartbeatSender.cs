using System.Reflection;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Http;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Routing.Feed;

/// <summary>Tells the cluster once a second that this node lives, and repairs the feed when it fell behind.</summary>
public sealed class HeartbeatSender(
    IGrainFactory grains, RoutingState state, FeedFollower follower, IEnumerable<IKeysFollower> keysFollowers, InFlightRequests inFlight,
    IOptions<NodeOptions> node, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private static readonly string Version =
        typeof(HeartbeatSender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private long? behindSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            state.FollowCredentials();
            try
            {
                var sent = Compose();
                var answer = await grains.GetGrain<IManifestGrain>(IManifestGrain.Key).Heartbeat(sent).WaitAsync(Period, time, stoppingToken);
                Compare(sent.FeedVersion, answer.FeedVersion);
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The watch on the same grain fails too and says so in the log.
                behindSince = null;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private NodeHeartbeat Compose() =>
        new()
        {
            NodeId = node.Value.NodeId,
            Version = Version,
            SettingsHash = node.Value.SettingsHash,
            InFlight = inFlight.Count,
            FeedVersion = state.FeedVersion,
            KeysVersion = keysFollowers.Select(keys => keys.AppliedVersion).DefaultIfEmpty(0).Min(),
        };

    /// <summary>A push may be under way; only what is still missing a second later was missed and is repaired.</summary>
    private void Compare(long ours, long theirs)
    {
        if (theirs <= ours)
        {
            behindSince = null;
            if (theirs == ours)
            {
                state.Confirm();
            }

            return;
        }

        behindSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(behindSince.Value) >= Period)
        {
            behindSince = null;
            follower.Repair();
        }
    }
}
