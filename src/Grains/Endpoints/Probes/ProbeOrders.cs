using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Feed;

namespace Gateway.Grains.Endpoints.Probes;

/// <summary>
/// Tells endpoint grains whether and how their entries are probed: at once when that changes, and every <see cref="Period"/>, since an
/// order lapses and a grain that was lost with its silo knows none. Not probed is what gets no requests on the manifest's or an
/// operator's word. Who does not answer is told again with the next tick. Not synchronized: the manifest grain's turns use it.
/// </summary>
/// <param name="send">Gives an order to the grain of an entry.</param>
internal sealed class ProbeOrders(Func<string, ProbeOrder, Task> send, FeedBoard board, TimeProvider time)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private const int Parallelism = 64;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    // Null: what its grain knows is not known.
    private readonly Dictionary<string, ManifestEntry?> _told = new(StringComparer.Ordinal);
    private Task _telling = Task.CompletedTask;
    private long _allToldAt = time.GetTimestamp();

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task TickAsync(CancellationToken cancellationToken)
    {
        if (_telling.IsCompleted)
        {
            var isDue = time.GetElapsedTime(_allToldAt) >= Period;
            _allToldAt = isDue ? time.GetTimestamp() : _allToldAt;
            _telling = TellAsync(Orders(isDue), cancellationToken);
        }

        return _telling;
    }

    private List<KeyValuePair<string, ProbeOrder>> Orders(bool all)
    {
        var wanted = board.Entries.Where(IsProbed).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        return
        [
            .. wanted.Values.Where(entry => all || !IsTold(entry)).Select(entry => Order(entry.Id, entry)),
            .. _told.Keys.Where(id => !wanted.ContainsKey(id)).Select(id => Order(id, null)),
        ];
    }

    private bool IsProbed(ManifestEntry entry) =>
        entry.Probe is not ProbeKind.Off && entry.Status is EntryStatus.Live
        && !board.Overrides.Any(word => word.EntryId == entry.Id && word.Mode is OverrideMode.Drain or OverrideMode.Maintenance);

    private bool IsTold(ManifestEntry entry) => _told.GetValueOrDefault(entry.Id) is { } known && ManifestEntryComparer.AreEqual(known, entry);

    private KeyValuePair<string, ProbeOrder> Order(string id, ManifestEntry? entry) => new(id, new ProbeOrder { Version = board.Version, Entry = entry });

    private async Task TellAsync(List<KeyValuePair<string, ProbeOrder>> orders, CancellationToken cancellationToken)
    {
        foreach (var batch in orders.Chunk(Parallelism))
        {
            await Task.WhenAll(batch.Select(order => TellAsync(order.Key, order.Value, cancellationToken)));
        }
    }

    private async Task TellAsync(string id, ProbeOrder order, CancellationToken cancellationToken)
    {
        _told[id] = null;
        try
        {
            await send(id, order).WaitAsync(Bound, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return;
        }

        if (order.Entry is null)
        {
            _told.Remove(id);
        }
        else
        {
            _told[id] = order.Entry;
        }
    }
}
