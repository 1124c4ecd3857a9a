using System.Globalization;
using Gateway.Upstream;
using Microsoft.AspNetCore.Connections;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSingleton(TimeProvider.System);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    // Several endpoints from one process: a second process would cost only the candidate that balances, in context switches.
    foreach (var port in (builder.Configuration["ports"] ?? throw new InvalidOperationException("--ports is missing")).Split(','))
    {
        kestrel.ListenLocalhost(int.Parse(port, CultureInfo.InvariantCulture), listen => listen.UseConnectionHandler<FixedAnswerHandler>());
    }
});
await builder.Build().RunAsync();
