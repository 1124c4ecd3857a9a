using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Health;

internal static class SiloHealthExtensions
{
    public static void AddSiloHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SiloReadiness>();
        builder.Services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<SiloReadiness>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SiloReadiness>());
        builder.Services.AddHostedService<SiloHeartbeatSender>();
    }
}
