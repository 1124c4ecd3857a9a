using Gateway.Testing;

namespace Gateway.Api.Tests.Streaming;

public static class Pump
{
    /// <summary>Moves a fake clock on in small steps until the work is done; the real time between steps lets the network deliver.</summary>
    /// <param name="realPause">Longer where a cut ending must be read before its abort, which may overtake it.</param>
    public static async Task UntilAsync(this FakeTimeProvider time, Task work, TimeSpan? realPause = null)
    {
        var pause = realPause ?? TimeSpan.FromMilliseconds(10);
        for (var step = 0; step < 2000 && !work.IsCompleted; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(work, Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken));
        }

        await work.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }
}
