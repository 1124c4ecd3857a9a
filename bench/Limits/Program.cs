using System.Globalization;
using Gateway.Bench.Limits;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = LimitsOptions.Parse(args);
await using var stage = await LimitsStage.StartAsync(options);
using var load = new OfferedLoad(stage.Origins);

await UsersSection.RunAsync(stage, load, options);
await SteadySection.RunAsync(stage, load, options);
await UsableSection.RunAsync(stage, load, options);
