using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Gateway.GrainCalls;

/// <summary>How long until every grain answers again after a silo process was killed or hangs, for a client that tries again.</summary>
internal static class Faults
{
    private const int Grains = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static async Task PrintAsync()
    {
        foreach (var silos in (int[])[2, 3])
        {
            await PrintAsync(silos, "killed", process => process.KillAsync());
            await PrintAsync(silos, "hung", process =>
            {
                process.Freeze();
                return Task.CompletedTask;
            });
        }
    }

    private static async Task PrintAsync(int silos, string fault, Func<ChildProcess, Task> cause)
    {
        await using var redis = await RedisServer.StartAsync();
        var processes = Enumerable.Range(0, silos).Select(_ => Start(redis)).ToList();
        using var client = Hosts.Client(redis.Address);
        await client.StartAsync();
        var membership = client.Services.GetRequiredService<IClusterMembershipService>();
        await Eventually.TrueAsync(() => membership.CurrentSnapshot.Members.Values.Count(member => member.Status == SiloStatus.Active) == silos, "all silos are members");
        await AnswerAsync(client);

        var started = TimeProvider.System.GetTimestamp();
        await cause(processes[0]);
        await AnswerAsync(client);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"1 of {silos} silos {fault,-6}              all {Grains} grains answer after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.00} s"));
        await client.StopAsync();
        foreach (var process in processes)
        {
            process.Thaw();
            await process.DisposeAsync();
        }
    }

    private static ChildProcess Start(RedisServer redis) => ChildProcess.Start(
        Environment.ProcessPath!, [typeof(IEchoGrain).Assembly.Location, "silo", redis.Address, FreePort.Next().ToString(CultureInfo.InvariantCulture)]);

    private static Task AnswerAsync(IHost client) => Task.WhenAll(Enumerable.Range(0, Grains).Select(async number =>
    {
        var grain = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>($"grain{number}");
        while (true)
        {
            try
            {
                await grain.Increment(1).WaitAsync(Patience);
                return;
            }
            catch (Exception exception) when (exception is OrleansMessageRejectionException or TimeoutException)
            {
                // The outcome is unknown or it was not sent: try again.
            }
        }
    }));
}
