namespace Gateway.Api.Tests.Authentication;

internal static class Eventually
{
    /// <summary>Polls until it holds; a bound far beyond any promise keeps a broken test from hanging.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, TimeSpan bound)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(bound, "the condition should hold by then");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
