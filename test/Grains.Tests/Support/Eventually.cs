using System.Diagnostics;

namespace Gateway.Grains.Tests.Support;

/// <summary>Polls a condition in real time with a bound; the tests of grains move a fake clock meanwhile.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static async Task<T> Get<T>(Func<Task<T>> look, Func<T, bool> isRight, string what)
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

    public static Task Is(Func<bool> condition, string what) => Get(() => Task.FromResult(condition()), value => value, what);
}
