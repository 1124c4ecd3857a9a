using Gateway.Api.Cluster;

namespace Gateway.Api.Management;

/// <summary>Reads of grain state for people: bounded in time and number, and a silent owner costs nothing but its own line.</summary>
public sealed class GrainReads(GrainCallCounts calls, TimeProvider time)
{
    public const int Parallelism = 64;

    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Of a whole list; what is not read by then counts as unreachable.</summary>
    public static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(3);

    /// <summary>Null: no answer in time.</summary>
    public async Task<T?> TryAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            calls.CountBackground();
            return await read().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>One answer for each key, null where none came in time.</summary>
    public async Task<T?[]> TryAllAsync<TKey, T>(IReadOnlyList<TKey> keys, Func<TKey, Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        var answers = new T?[keys.Count];
        var startedAt = time.GetTimestamp();
        var next = -1;
        var workers = new Task[Math.Min(Parallelism, keys.Count)];
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = WorkAsync();
        }

        await Task.WhenAll(workers);
        return answers;

        async Task WorkAsync()
        {
            for (var index = Interlocked.Increment(ref next); index < keys.Count; index = Interlocked.Increment(ref next))
            {
                if (time.GetElapsedTime(startedAt) > ListPatience)
                {
                    return;
                }

                answers[index] = await TryAsync(() => read(keys[index]), cancellationToken);
            }
        }
    }
}
