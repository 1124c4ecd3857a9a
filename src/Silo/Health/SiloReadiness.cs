using Gateway.Storage.Hosting;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Health;

/// <summary>
/// A silo is ready once it was an active member of the cluster and its database answered; what is lost later is degraded: its grains go
/// on with what they hold.
/// </summary>
internal sealed class SiloReadiness(IClusterMembershipService membership, ILocalSiloDetails local, GatewayDatabase database, StorageReadiness storage, IHostApplicationLifetime lifetime, TimeProvider time)
    : BackgroundService, IReadiness
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private volatile bool _wasReady;
    private volatile string[] _missing = [];

    public ReadinessStatus Status => lifetime.ApplicationStopping.IsCancellationRequested ? ReadinessStatus.Draining
        : _wasReady ? ReadinessStatus.Ok
        : ReadinessStatus.Starting;

    public IReadOnlyCollection<string> Degraded => _missing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            var missing = new List<string>();
            if (!storage.IsPrepared || !await DatabaseAnswersAsync(stoppingToken))
            {
                missing.Add("database_unavailable");
            }

            if (membership.CurrentSnapshot.GetSiloStatus(local.SiloAddress) != SiloStatus.Active)
            {
                missing.Add("not_a_member");
            }

            _missing = [.. missing];
            _wasReady |= missing.Count == 0;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<bool> DatabaseAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.ReadAsync(
                async (connection, token) =>
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = "SELECT 1";
                    return await command.ExecuteScalarAsync(token);
                },
                cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
