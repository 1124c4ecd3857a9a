using Gateway.Testing;

namespace Gateway.Api.Tests.Streaming;

public static class Pump
{
    /// <summary>Moves a fake clock on in small steps until the work is done; the real time between steps lets the network deliver.</summary>
    public static async Task UntilAsync(this FakeTimeProvider time, Task work)
    {
        for (var step = 0; step < 2000 && !work.IsCompleted; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        await work.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }
}
