using Gateway.Upstream;
using Microsoft.AspNetCore.Connections;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSingleton(TimeProvider.System);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(
    builder.Configuration.GetValue("port", 0),
    listen => listen.UseConnectionHandler<FixedAnswerHandler>()));
await builder.Build().RunAsync();
