using System.Diagnostics;
using System.Globalization;
using Gateway.GrainCalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (args is ["silo", var address, var port])
{
    await Hosts.Silo(address, port).RunAsync();
    return;
}

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: GrainCalls [SECONDS]\nCalls grains of another process over loopback and prints latency and throughput of the built-in engine, and how long grains are away when a silo fails. Needs redis-server.");
    return;
}

var time = TimeSpan.FromSeconds(args.Length == 0 ? 3 : double.Parse(args[0], CultureInfo.InvariantCulture));
await using var redis = await RedisServer.StartAsync();
await using var silo = ChildProcess.Start(
    Environment.ProcessPath!, [typeof(IEchoGrain).Assembly.Location, "silo", redis.Address, FreePort.Next().ToString(CultureInfo.InvariantCulture)]);
using var client = Hosts.Client(redis.Address);
await client.StartAsync();
var membership = client.Services.GetRequiredService<Orleans.Runtime.IClusterMembershipService>();
await Eventually.TrueAsync(() => membership.CurrentSnapshot.Members.Count > 0, "the silo is a member: " + silo.AllOutput);

Process[] both = [Process.GetCurrentProcess(), Process.GetProcessById(silo.Id)];
var grains = Enumerable.Range(0, 64).Select(number => client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>($"grain{number}")).ToArray();
var message = new Message(new string('x', 700), 42, [.. Enumerable.Range(0, 10).Select(number => $"part number {number}")]);
await Measurement.RunAsync("", both, 64, time * 2, caller => grains[caller].Increment(1));
await Measurement.RunAsync("", both, 64, time, caller => grains[caller].Echo(message));

Console.WriteLine(await Measurement.RunAsync("one caller", both, 1, time, caller => grains[caller].Increment(1)));
Console.WriteLine(await Measurement.RunAsync("64 callers", both, 64, time, caller => grains[caller].Increment(1)));
Console.WriteLine(await Measurement.RunAsync("64 callers, 1 KB record both ways", both, 64, time, caller => grains[caller].Echo(message)));
await client.StopAsync();
await Faults.PrintAsync();
