using System.Runtime.InteropServices;
using Gateway.LocalCluster;
using Gateway.Testing.Clusters;
using Gateway.Testing.Upstreams;

var options = LocalClusterOptions.Parse(args, out var problem);
if (options is null)
{
    await Console.Error.WriteLineAsync("error: " + problem);
    return 2;
}

var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.TrySetResult();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

await using var upstream = ScriptedUpstream.Start();
Console.WriteLine("Starting Redis, PostgreSQL, silos, front-ends and nginx …");
await using var rig = await ClusterRig.StartAsync(options.ToSetup(upstream));
Console.WriteLine(ClusterText.Of(rig, options));
await stopping.Task;
Console.WriteLine("Stopping …");
await ClusterStop.InOrderAsync(rig);
return 0;
