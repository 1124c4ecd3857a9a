using System.Text.Json.Nodes;

namespace Gateway.Runner;

/// <summary>Grain calls that requests cause, from the gateway's own counters: those of an idle node are taken off.</summary>
internal static class GrainCallsSection
{
    private const int Requests = 2000;

    public static async Task RunAsync(Stage stage)
    {
        if (await CountAsync(stage) is null)
        {
            Console.WriteLine("\nGrain calls: this gateway reports no counter");
            return;
        }
        var keys = await File.ReadAllLinesAsync(stage.KeysFile);
        using var load = new FixedRateLoad(keys, await File.ReadAllBytesAsync(stage.UnaryBody));
        var before = await CountAsync(stage);
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);
        var idle = await CountAsync(stage);
        await load.RunAsync(stage.Gateway.Origin, Requests / 4.0, 4);
        var busy = await CountAsync(stage);
        var background = idle!.Value - before!.Value;
        var caused = busy!.Value - idle.Value - background;
        Console.WriteLine($"\nGrain calls: {background / 4.0:0.0}/s in the background, {Math.Max(0, caused) / (double)Requests:0.0000} per request");
    }

    private static async Task<long?> CountAsync(Stage stage)
    {
        var cluster = await stage.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/cluster");
        return cluster["nodes"]?[0]?["grain_calls"] is JsonValue value ? value.GetValue<long>() : null;
    }
}
