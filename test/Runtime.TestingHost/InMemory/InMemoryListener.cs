using Orleans.Runtime;
using Orleans.Runtime.Transport;

namespace Orleans.TestingHost.InMemory;

internal sealed class InMemoryListener(InMemoryCluster cluster, SiloRequestHandler handler, ILocalSiloDetails local) : ISiloListener
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cluster.Listeners[local.SiloAddress.Endpoint] = handler;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        cluster.Listeners.TryRemove(local.SiloAddress.Endpoint, out _);
        return Task.CompletedTask;
    }
}
