using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Network;

namespace Gateway.Grains.Manifests.Fetching;

/// <summary>
/// Resolves the hosts of plain-http entries, so that a public one is rejected with a reason instead of failing request by request. A host that
/// does not resolve now is left out: the dialer judges every connection again.
/// </summary>
internal sealed class HostResolver(HostLookup lookup, TimeProvider time)
{
    private const int Parallelism = 16;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    public async Task<ImmutableDictionary<string, ImmutableArray<IPAddress>>> ResolveAsync(
        IEnumerable<DraftEntry> entries, CancellationToken cancellationToken)
    {
        var hosts = entries.Select(entry => new Uri(entry.Url)).Where(EntryGate.NeedsAddresses).Select(url => url.IdnHost).Distinct(StringComparer.Ordinal);
        var found = ImmutableDictionary.CreateBuilder<string, ImmutableArray<IPAddress>>(StringComparer.Ordinal);
        foreach (var batch in hosts.Chunk(Parallelism))
        {
            var answers = await Task.WhenAll(batch.Select(host => ResolveAsync(host, cancellationToken)));
            foreach (var (host, addresses) in batch.Zip(answers).Where(pair => !pair.Second.IsEmpty))
            {
                found[host] = addresses;
            }
        }

        return found.ToImmutable();
    }

    private async Task<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return [.. await lookup(host, cancellationToken).WaitAsync(Bound, time, cancellationToken)];
        }
        catch (Exception problem) when (problem is SocketException or TimeoutException or ArgumentException)
        {
            return [];
        }
    }
}
