using Gateway.Cli.Commands;
using Gateway.Cli.Host;

return await GatewayTool.RunAsync(args, CliHost.OfThisProcess());
