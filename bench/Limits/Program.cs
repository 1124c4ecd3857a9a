using System.Globalization;
using Gateway.Bench;
using Gateway.Bench.Limits;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = LimitsOptions.Parse(args);
await using var stage = await LimitsStage.StartAsync(options);
using var load = new OfferedLoad(stage.Origins);
var bars = new Bars();

await UsersSection.RunAsync(stage, load, options, bars);
await SteadySection.RunAsync(stage, load, options, bars);
await UsableSection.RunAsync(stage, load, options, bars);
return bars.Conclude();
