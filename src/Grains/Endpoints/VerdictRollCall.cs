using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Asks endpoint grains for their verdicts: after the manifest grain lost its memory, when an entry comes back, and every
/// <see cref="Period"/>, which brings one back that was lost with its silo and that nobody else calls. One that does not answer in time holds
/// up nobody and is remembered as silent, to be asked again with the next tick. Not synchronized: the manifest grain's turns use it.
/// </summary>
/// <param name="ask">Gets an entry's verdict from its grain.</param>
/// <param name="take">Gets the verdicts that came in time.</param>
internal sealed class VerdictRollCall(Func<string, Task<EndpointVerdict>> ask, Action<EndpointVerdict> take, TimeProvider time)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private const int Parallelism = 64;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<string> _silent = [];
    private Task _askingAgain = Task.CompletedTask;
    private long _allAskedAt = time.GetTimestamp();

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task AskAsync(IReadOnlyCollection<string> entryIds, CancellationToken cancellationToken)
    {
        foreach (var batch in entryIds.Chunk(Parallelism))
        {
            await Task.WhenAll(batch.Select(id => AskAsync(id, cancellationToken)));
        }
    }

    /// <summary>Asks those again that were silent, or all where the period is over, unless that is under way; what is not listed is forgotten.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task TickAsync(IEnumerable<string> listedIds, CancellationToken cancellationToken)
    {
        var isDue = time.GetElapsedTime(_allAskedAt) >= Period;
        if ((isDue || _silent.Count > 0) && _askingAgain.IsCompleted)
        {
            _silent.IntersectWith(listedIds);
            _allAskedAt = isDue ? time.GetTimestamp() : _allAskedAt;
            _askingAgain = AskAsync(isDue ? [.. listedIds] : [.. _silent], cancellationToken);
        }

        return _askingAgain;
    }

    private async Task AskAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await ask(id).WaitAsync(Bound, time, cancellationToken);
            _silent.Remove(id);
            take(verdict);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            _silent.Add(id);
        }
    }
}
