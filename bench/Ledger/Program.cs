using System.Globalization;
using Gateway.Bench;
using Gateway.Bench.Ledger;
using Gateway.Testing.Databases;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rows = args is ["--rows", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 10_000_000;
var bars = new Bars();

await JournalSection.RunAsync();
await ShippingSection.RunOnSqliteAsync();
await using var server = await PostgresServer.StartAsync();
await ShippingSection.RunAsync(server, bars);
await QuerySection.RunAsync(server, rows, bars);
return bars.Conclude();
