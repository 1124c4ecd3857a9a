using System.Threading.Channels;

namespace Gateway.Api.Routing.Health;

/// <summary>Entries with outcomes that the cluster should hear of at once.</summary>
/// <remarks>When it is full a signal is dropped, never an outcome: that stays in its log and goes with the next report.</remarks>
public sealed class OutcomeQueue : IOutcomeListener
{
    private const int Capacity = 1024;

    private readonly Channel<EndpointState> channel = Channel.CreateBounded<EndpointState>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void OutcomeEnded(EndpointState endpoint) => channel.Writer.TryWrite(endpoint);

    public IAsyncEnumerable<EndpointState> ReadAllAsync(CancellationToken cancellationToken) => channel.Reader.ReadAllAsync(cancellationToken);
}
