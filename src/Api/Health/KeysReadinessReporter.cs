using Gateway.Api.Authentication.Keys;

namespace Gateway.Api.Health;

/// <summary>Carries what the API keys know of themselves to <see cref="Readiness"/>.</summary>
internal sealed class KeysReadinessReporter(Readiness readiness, IKeysReadiness keys, IKeysFollower follower, KeysFreshness freshness, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await keys.Loaded.WaitAsync(stoppingToken);
            readiness.ReportKeysLoaded();
            using var timer = new PeriodicTimer(Period, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                freshness.Check(follower.AppliedVersion);
                readiness.SetDegraded("keys_stale", keys.IsStale);
                readiness.SetDegraded("keys_expired", freshness.IsExpired);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
