using System.Net;
using Orleans.Runtime.Membership;
using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Clustering;

/// <summary>A network on which every silo answers, and tells the view that a test gives it.</summary>
internal sealed class ScriptedTransport : ISiloTransport
{
    private int _suspicions;

    public ClusterView? View { get; set; }

    public int Asked { get; private set; }

    /// <summary>Nobody listens there.</summary>
    public IPEndPoint? Down { get; set; }

    public int Suspicions => Volatile.Read(ref _suspicions);

    public Task<SiloReply> SendAsync(SiloAddress silo, SiloRequest request, ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken cancellationToken)
    {
        if (request == SiloRequest.Suspect)
        {
            Interlocked.Increment(ref _suspicions);
        }

        if (request != SiloRequest.Watch)
        {
            return Task.FromResult(new SiloReply(Outcome.Answered));
        }

        Asked++;
        if (View is null || silo.Endpoint.Equals(Down))
        {
            return Task.FromResult(new SiloReply(Outcome.NotSent, "nobody listens"));
        }

        var view = ViewCodec.Encode(View);
        view.CopyTo(answer.GetSpan(view.Length));
        answer.Advance(view.Length);
        return Task.FromResult(new SiloReply(Outcome.Answered));
    }

    public Task<bool> IsRefusedAsync(SiloAddress silo, CancellationToken cancellationToken) => Task.FromResult(false);
}
