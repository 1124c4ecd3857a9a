using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Clock;
using Gateway.Grains.Limits.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Silo.Limits;

public static class LimitServices
{
    /// <summary>What the grains that own limits need of the database.</summary>
    public static IServiceCollection AddLimitStores(this IServiceCollection services)
    {
        services.TryAddSingleton<IStoreClock, DatabaseStoreClock>();
        services.TryAddSingleton<INodeSessions, DatabaseSessions>();
        services.TryAddSingleton<ISpendLedger, DatabaseSpendLedger>();
        return services;
    }
}
