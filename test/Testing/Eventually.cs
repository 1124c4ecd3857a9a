using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Polls for what must come true; the bound only limits how long a failure takes.</summary>
public static class Eventually
{
    public static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, string expectation, TimeSpan? bound = null) =>
        TrueAsync(() => Task.FromResult(condition()), expectation, bound);

    public static async Task TrueAsync(Func<Task<bool>> condition, string expectation, TimeSpan? bound = null)
    {
        var limit = bound ?? DefaultBound;
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {expectation}");
            }

            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> ValueAsync<T>(Func<Task<T?>> read, string expectation, TimeSpan? bound = null)
        where T : class
    {
        T? value = null;
        await TrueAsync(async () => (value = await read()) is not null, expectation, bound);
        return value!;
    }

    /// <summary>The first value that is right; a failure shows the last one.</summary>
    public static async Task<T> MatchAsync<T>(Func<Task<T>> read, Func<T, bool> isRight, string expectation, TimeSpan? bound = null)
    {
        T last = default!;
        try
        {
            await TrueAsync(async () => isRight(last = await read()), expectation, bound);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"{timeout.Message}. Last seen: {last}", timeout);
        }

        return last;
    }
}
