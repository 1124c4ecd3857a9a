using Gateway.Api.Admission.Rows;
using Gateway.Api.Authentication.Keys;

namespace Gateway.Api.Health;

/// <summary>Carries what the API keys and the limits know of themselves to <see cref="Readiness"/>.</summary>
internal sealed class KeysReadinessReporter(Readiness readiness, IKeysReadiness keys, IKeysFollower follower, KeysFreshness freshness, LimitsRefresher limits, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Without the limits nobody but the first administrator is served, so that they are as much needed as the keys.
            await Task.WhenAll(keys.Loaded, limits.Loaded).WaitAsync(stoppingToken);
            readiness.ReportKeysLoaded();
            using var timer = new PeriodicTimer(Period, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                freshness.Check(follower.AppliedVersion, keys.IsStale);
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
