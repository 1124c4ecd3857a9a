using Gateway.Runner;

var options = BenchOptions.Parse(args);
await using var stage = new Stage { Options = options };
Console.WriteLine("Starting the upstream, the bare forwarder, nginx and the gateway");
await stage.StartAsync();
var gatewayId = stage.Gateway.Process.Id;
Console.WriteLine($"gateway: ready after {stage.StartSeconds:0.00} s, {ProcessFigures.ResidentMegabytes(gatewayId):0} MB resident after creating {options.Keys} keys");

var unary = await ThroughputSection.RunAsync(stage, "Unary throughput", stage.UnaryBody, options.Connections);
var streams = await ThroughputSection.RunAsync(stage, "Streams of 50 chunks", stage.StreamBody, options.Connections / 2);
await LatencySection.RunAsync(stage, "Unary latency at half load", stage.UnaryBody, unary / 2);
await LatencySection.RunAsync(stage, "Time to first byte of streams", stage.StreamBody, streams / 2);
await OpenStreamsSection.RunAsync(stage);
await GrainCallsSection.RunAsync(stage);
Console.WriteLine($"\ngateway: {ProcessFigures.ResidentMegabytes(gatewayId):0} MB resident at the end");
