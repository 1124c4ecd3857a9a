using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Silo.Settings;
using Gateway.Silo.Startup;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Health;

/// <summary>
/// Tells the manifest's owner every two seconds what this silo is, so that differing settings are noticed; and calls the manifest to life when
/// there is no front-end yet, so that it is fetched and ready when the first one comes.
/// </summary>
internal sealed class SiloHeartbeatSender(IGrainFactory grains, ILocalSiloDetails local, NodeOptions node, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await grains.GetGrain<IManifestGrain>(IManifestGrain.Key).SiloHeartbeat(Compose()).WaitAsync(Period, time, stoppingToken);
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Not a member yet, or the owner is changing: the next one arrives.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    // Anew each time: while it joins, a silo may take another address than it began with, and the hash changes with files.
    private SiloHeartbeat Compose() => new() { SiloId = local.SiloAddress.ToParsableString(), Version = ProductInfo.Version, SettingsHash = node.SettingsHash };
}
