using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Cluster;

namespace Gateway.Api.Routing.Feed;

/// <summary>Holds the one long poll on the manifest grain and applies what it brings.</summary>
/// <remarks>
/// 1. <c>Watch(since)</c> answers with the feed as soon as it is newer, else after 2 s with the same.
/// 2. The answer is applied; its version is the next <c>since</c>.
/// 3. A version below ours (state lost by the cluster), or a repair asked for by the heartbeat, starts again from 0.
/// 4. A call that fails is repeated after a pause that doubles up to 2 s; what was applied stays in force.
/// </remarks>
public sealed partial class FeedFollower(
    IGrainFactory grains, RoutingState state, IEnumerable<IKeysFollower> keysFollowers, IEnumerable<ILimitsFollower> limitsFollowers,
    IEnumerable<IFeedObserver> observers, ClusterContact contact, GrainCallCounts calls, TimeProvider time, ILogger<FeedFollower> logger) : BackgroundService
{
    private static readonly TimeSpan WatchBound = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private CancellationTokenSource? watch;
    private bool repair;

    /// <summary>Drops the poll under way and asks for the whole feed.</summary>
    public void Repair()
    {
        lock (gate)
        {
            repair = true;
            watch?.Cancel();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var since = 0L;
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            try
            {
                since = BeginWatch(attempt) ? 0 : since;
                calls.CountBackground();
                var feed = await grains.GetGrain<IManifestGrain>(IManifestGrain.Key).Watch(since, attempt.Token).WaitAsync(WatchBound, time, attempt.Token);
                since = feed.Version < since ? 0 : feed.Version;
                contact.Note();
                contact.NoteKeys(feed.KeysVersion);
                Apply(feed, failures > 0);
                failures = 0;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (!EndWatch())
                {
                    await PauseAsync(exception, failures++, stoppingToken);
                }
            }
            finally
            {
                EndWatch();
            }
        }
    }

    private void Apply(ManifestFeed feed, bool wasLost)
    {
        var first = state.Current is null;
        if (feed.Version != state.FeedVersion || first)
        {
            state.Apply(feed);
        }

        foreach (var follower in keysFollowers)
        {
            follower.OnKeysVersion(feed.KeysVersion);
        }

        foreach (var follower in limitsFollowers)
        {
            follower.OnLimitsVersion(feed.LimitsVersion);
        }

        if (first && state.Current is { } loaded)
        {
            LogLoaded(loaded.Entries.Length, loaded.Routes.Count);
            foreach (var observer in observers)
            {
                observer.ManifestLoaded();
            }
        }

        if (wasLost)
        {
            LogFound();
            Tell(reachable: true);
        }
    }

    private async Task PauseAsync(Exception exception, int failures, CancellationToken stoppingToken)
    {
        if (failures == 0)
        {
            LogLost(exception.GetType().Name);
            Tell(reachable: false);
        }

        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10));
        await Task.Delay(pause < LongestPause ? pause : LongestPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Tell(bool reachable)
    {
        foreach (var observer in observers)
        {
            observer.FeedReachable(reachable);
        }
    }

    private bool BeginWatch(CancellationTokenSource attempt)
    {
        lock (gate)
        {
            watch = attempt;
            var asked = repair;
            repair = false;
            return asked;
        }
    }

    /// <summary>True: a repair ended it.</summary>
    private bool EndWatch()
    {
        lock (gate)
        {
            watch = null;
            return repair;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "metis manifest in force: {Entries} entries, {Models} models")]
    private partial void LogLoaded(int entries, int models);

    [LoggerMessage(Level = LogLevel.Warning, Message = "metis feed lost ({Cause}); the last snapshot stays in force")]
    private partial void LogLost(string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "metis feed found again")]
    private partial void LogFound();
}
