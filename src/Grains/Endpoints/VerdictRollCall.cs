using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Asks endpoint grains for their verdicts: after the manifest grain lost its memory, when an entry comes back, and to notice that an
/// endpoint grain itself was lost with its silo. One that does not answer in time holds up nobody and is remembered as silent, to be asked
/// again. Not synchronized: the manifest grain's turns use it.
/// </summary>
/// <param name="ask">Gets an entry's verdict from its grain.</param>
/// <param name="take">Gets the verdicts that came in time.</param>
internal sealed class VerdictRollCall(Func<string, Task<EndpointVerdict>> ask, Action<EndpointVerdict> take, TimeProvider time)
{
    private const int Parallelism = 64;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<string> _silent = [];
    private Task _askingAgain = Task.CompletedTask;

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task AskAsync(IReadOnlyCollection<string> entryIds, CancellationToken cancellationToken)
    {
        foreach (var batch in entryIds.Chunk(Parallelism))
        {
            await Task.WhenAll(batch.Select(id => AskAsync(id, cancellationToken)));
        }
    }

    /// <summary>Asks those again that were silent, unless that is under way; what is not listed is forgotten.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task AskSilentAsync(IEnumerable<string> listedIds, CancellationToken cancellationToken)
    {
        if (_silent.Count > 0 && _askingAgain.IsCompleted)
        {
            _silent.IntersectWith(listedIds);
            _askingAgain = AskAsync([.. _silent], cancellationToken);
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
