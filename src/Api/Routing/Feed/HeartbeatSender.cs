using System.Reflection;
using System.Threading.Channels;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Cluster;
using Gateway.Api.Health;
using Gateway.Api.Http;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Routing.Feed;

/// <summary>
/// Tells the cluster once a second that this node lives, at once when it took over changed keys (whoever revoked one waits for that), and a
/// last time when it stops. The answer repairs a feed that fell behind.
/// </summary>
public sealed class HeartbeatSender(
    IGrainFactory grains, RoutingState state, FeedFollower follower, IEnumerable<IKeysFollower> keysFollowers, IEnumerable<ILimitsFollower> limitsFollowers,
    InFlightRequests inFlight, ClusterContact contact, GrainCallCounts calls, Readiness readiness, IOptions<NodeOptions> node, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A silo that ends or hangs is replaced within a few seconds; a silence longer than that is worth a word.</summary>
    public static readonly TimeSpan NotableSilence = TimeSpan.FromSeconds(3);

    private static readonly string Version =
        typeof(HeartbeatSender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static readonly TimeSpan GoodbyeBound = TimeSpan.FromMilliseconds(500);

    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long? behindSince;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await grains.GetGrain<IManifestGrain>(IManifestGrain.Key).Heartbeat(Compose() with { IsLeaving = true }).WaitAsync(GoodbyeBound, time, cancellationToken);
        }
        catch (Exception)
        {
            // The cluster forgets a silent node by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var follower in keysFollowers)
        {
            follower.VersionApplied += () => wake.Writer.TryWrite(true);
        }

        using var timer = new PeriodicTimer(Period, time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            await SendAsync(stoppingToken);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(tick, wake.Reader.WaitToReadAsync(waiting.Token).AsTask());
            await waiting.CancelAsync();
            wake.Reader.TryRead(out _);
            tick = tick.IsCompleted ? timer.WaitForNextTickAsync(stoppingToken).AsTask() : tick;
        }
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        state.FollowSettings();
        try
        {
            var sent = Compose();
            calls.CountBackground();
            var answer = await grains.GetGrain<IManifestGrain>(IManifestGrain.Key).Heartbeat(sent).WaitAsync(Period, time, stoppingToken);
            contact.Note();
            contact.NoteKeys(answer.KeysVersion);
            if (answer.KnowsMembers is not false)
            {
                contact.NoteMembersKnown();
            }

            Tell(answer);
            readiness.SetDegraded("settings_differ", answer.SettingsDiffer);
            Compare(sent.FeedVersion, answer.FeedVersion);
        }
        catch (Exception)
        {
            // The watch on the same grain fails too and says so in the log.
            behindSince = null;
        }

        readiness.SetDegraded("silos_unreachable", contact.Silence > NotableSilence);
    }

    /// <summary>A feed that lost its push still brings revocations and limits within a second.</summary>
    private void Tell(HeartbeatAnswer answer)
    {
        foreach (var follower in keysFollowers)
        {
            follower.OnKeysVersion(answer.KeysVersion);
        }

        foreach (var follower in limitsFollowers)
        {
            follower.OnLimitsVersion(answer.LimitsVersion);
        }
    }

    private NodeHeartbeat Compose() =>
        new()
        {
            NodeId = node.Value.NodeId,
            Version = Version,
            SettingsHash = node.Value.SettingsHash,
            InFlight = inFlight.Count,
            FeedVersion = state.FeedVersion,
            RequestGrainCalls = calls.ByRequests,
            BackgroundGrainCalls = calls.Background,
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
