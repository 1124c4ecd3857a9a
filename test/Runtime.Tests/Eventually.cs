using System.Diagnostics;

namespace Gateway.Runtime.Tests;

/// <summary>Waits for what happens on other threads: polls with a bound that only a failure reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    public static async Task Holds(Func<bool> condition, string because)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(Patience, because);
            await Task.Delay(Interval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task Within(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
