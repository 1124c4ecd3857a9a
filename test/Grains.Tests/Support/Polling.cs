using System.Diagnostics;

namespace Gateway.Grains.Tests.Support;

/// <summary>Polls for a value in real time with a bound, and shows the last one if it never became right.</summary>
internal static class Polling
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isRight, string what)
    {
        var watch = Stopwatch.StartNew();
        T last;
        do
        {
            last = await look();
            if (isRight(last))
            {
                return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        while (watch.Elapsed < Bound);
        throw new TimeoutException($"Not within {Bound.TotalSeconds} s: {what}. Last seen: {last}");
    }
}
