using Orleans.Runtime;
using Orleans.Runtime.Transport;

namespace Orleans.TestingHost.InMemory;

/// <summary>Hands the bytes of a message to the silo that listens: values cross it as they cross a wire.</summary>
internal sealed class InMemoryTransport(InMemoryCluster cluster) : ISiloTransport
{
    public async Task<SiloReply> SendAsync(SiloAddress silo, SiloRequest request, ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (request == SiloRequest.Watch)
        {
            // The test cluster tells of every change: nobody has to watch.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return cluster.Listeners.TryGetValue(silo.Endpoint, out var handler)
            ? await handler.HandleAsync(request, message, answer, cancellationToken).ConfigureAwait(false)
            : new(Outcome.NotSent, $"nobody listens at {silo.Endpoint}");
    }

    public Task<bool> IsRefusedAsync(SiloAddress silo, CancellationToken cancellationToken) => Task.FromResult(!cluster.Listeners.ContainsKey(silo.Endpoint));
}
