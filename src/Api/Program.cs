using Gateway.Api.Authentication;
using Gateway.Api.Demo;
using Gateway.Api.Errors;
using Gateway.Api.First;
using Gateway.Api.Forwarding;
using Gateway.Api.Health;
using Gateway.Api.Http;
using Gateway.Api.Management;
using Gateway.Api.Management.Audit;
using Gateway.Api.Management.Keys;
using Gateway.Api.Models;
using Gateway.Api.Routing;
using Gateway.Api.Startup;
using Gateway.Api.Startup.Listeners;
using Gateway.Api.Streaming;
using Gateway.Silo.Health;
using Gateway.Silo.Hosting;

return await Launcher.RunAsync(args, launch =>
{
    var builder = GatewayHost.CreateBuilder(launch);
    builder.Services.AddDemo(launch);
    builder.AddGatewayCluster(launch.Settings);
    builder.Services.AddGatewayIdentity();
    builder.Services.AddModelRouting();
    builder.Services.AddStreaming();
    builder.Services.AddForwarding();
    builder.Services.AddManagement();
    builder.Services.AddHealth();
    builder.Services.AddKeysReadiness();

    var app = builder.Build();
    app.UseRequestIds();
    app.UseDemoMark(launch);
    app.UseGatewayCors(launch.Settings.Http);
    app.UseInference();
    app.UseJsonErrors();
    app.UseAdminListener(launch.Settings.Http);
    app.UseRouting();
    app.MapHealth();
    app.MapHomePage();
    app.MapModels();
    app.MapFirst();
    app.MapManagement();
    app.MapKeyManagement();
    app.MapAuditLog();
    return app;
});
