using Gateway.Silo.Health;
using Gateway.Silo.Hosting;
using Gateway.Silo.Startup;
using Microsoft.AspNetCore.Builder;

return await ProgramRunner.RunAsync(SiloStart.Program, args, async (settings, attempt) =>
{
    await SiloStart.PrepareAsync(settings);
    attempt.Addresses = settings.Silo.HttpUrls;
    var builder = ProcessHost.CreateBuilder(settings, SiloStart.AssemblyName);
    builder.AddSiloListeners(settings.Silo);
    builder.AddSiloHealth();
    builder.AddSiloBanner();
    builder.AddGatewaySilo(settings);

    await using var app = builder.Build();
    app.UseRouting();
    app.MapHealth();
    await ProgramRunner.RunHostAsync(app);
});
