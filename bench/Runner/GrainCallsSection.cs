namespace Gateway.Runner;

/// <summary>Grain calls that requests cause, and those that the node makes anyway, from the gateway's own counters.</summary>
internal static class GrainCallsSection
{
    private const int Requests = 2000;
    private const int Seconds = 4;

    public static async Task RunAsync(Stage stage)
    {
        var keys = await File.ReadAllLinesAsync(stage.KeysFile);
        using var load = new FixedRateLoad(keys, await File.ReadAllBytesAsync(stage.UnaryBody));
        var before = await CountAsync(stage);
        await load.RunAsync(stage.Gateway.Origin, Requests / (double)Seconds, Seconds);

        // A node tells its counts once a second.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        var after = await CountAsync(stage);
        Console.WriteLine(
            $"\nGrain calls: {(after.ByRequests - before.ByRequests) / (double)Requests:0.0000} per request, {(after.Background - before.Background) / (Seconds + 2.0):0.0}/s in the background of the node");
    }

    private static async Task<(long ByRequests, long Background)> CountAsync(Stage stage)
    {
        var calls = (await stage.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["nodes"]![0]!["grain_calls"]!;
        return (calls["by_requests"]!.GetValue<long>(), calls["background"]!.GetValue<long>());
    }
}
