using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Asks endpoint grains for their verdicts: after the manifest grain lost its memory, when an entry comes back, and to notice that an
/// endpoint grain itself was lost with its silo. One that does not answer in time is left out.
/// </summary>
internal static class VerdictRollCall
{
    private const int Parallelism = 64;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    public static async Task<ImmutableArray<EndpointVerdict>> AskAsync(
        IGrainFactory grains, IEnumerable<string> entryIds, TimeProvider time, CancellationToken cancellationToken)
    {
        var verdicts = ImmutableArray.CreateBuilder<EndpointVerdict>();
        foreach (var batch in entryIds.Chunk(Parallelism))
        {
            var answers = await Task.WhenAll(batch.Select(id => AskAsync(grains.GetGrain<IEndpointGrain>(id), time, cancellationToken)));
            verdicts.AddRange(answers.OfType<EndpointVerdict>());
        }

        return verdicts.ToImmutable();
    }

    private static async Task<EndpointVerdict?> AskAsync(IEndpointGrain endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return (await endpoint.Describe().WaitAsync(Bound, time, cancellationToken)).Verdict;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
