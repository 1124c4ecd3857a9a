using Gateway.Api.Demo;
using Gateway.Api.Health;
using Gateway.Api.Startup;
using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Hosting;

return await Launcher.RunAsync(args, launch =>
{
    var builder = GatewayHost.CreateBuilder(launch);
    builder.AddGatewaySilo(launch.Settings);
    builder.Services.AddHealth();
    builder.Services.AddDemo(launch);

    var app = builder.Build();
    app.UseDemoMark(launch);
    app.UseAdminListener(launch.Settings.Http);
    app.UseGatewayCors(launch.Settings.Http);
    app.MapHealth();
    app.MapHomePage();
    return app;
});
