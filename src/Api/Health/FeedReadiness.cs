using Gateway.Api.Authentication.Keys;
using Gateway.Api.Routing.Feed;

namespace Gateway.Api.Health;

/// <summary>Carries what the feed and the keys know of themselves to <see cref="Readiness"/>.</summary>
internal sealed class FeedReadiness(Readiness readiness, IKeysReadiness keys, TimeProvider time) : BackgroundService, IFeedObserver
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public void ManifestLoaded() => readiness.ReportManifestLoaded();

    public void FeedReachable(bool reachable) => readiness.SetDegraded("feed_lost", !reachable);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await keys.Loaded.WaitAsync(stoppingToken);
            readiness.ReportKeysLoaded();
            using var timer = new PeriodicTimer(Period, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                readiness.SetDegraded("keys_stale", keys.IsStale);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
