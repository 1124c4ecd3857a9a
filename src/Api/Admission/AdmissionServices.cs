using Gateway.Api.Admission.Accounts;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Cluster;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission;

public static class AdmissionServices
{
    /// <summary>
    /// Limits and their enforcement on this node. Needs storage, routing, the grain factory, and limits, identity and node options.
    /// </summary>
    public static IServiceCollection AddAdmission(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SubjectNames>();
        services.TryAddSingleton<GrainCallCounts>();

        services.AddSingleton<LimitsSnapshot>();
        services.AddSingleton<LimitsRefresher>();
        services.AddSingleton<RowsRefresher>(provider => provider.GetRequiredService<LimitsRefresher>());
        services.AddSingleton<ILimitsFollower>(provider => provider.GetRequiredService<LimitsRefresher>());
        services.AddHostedService(provider => provider.GetRequiredService<LimitsRefresher>());
        services.AddSingleton<LimitsBroadcast>();

        services.TryAddSingleton<INodeSessionStore, SqlNodeSessionStore>();
        services.AddSingleton(provider => new NodeSession(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<NodeOptions>>().Value.Session));
        services.AddSingleton<IJournalTakenObserver>(provider => provider.GetRequiredService<NodeSession>());
        services.AddHostedService<NodeSessionKeeper>();
        services.AddSingleton<StockDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<StockDirectory>());

        services.AddSingleton<ISessionTotalsSink, EndedSessions>();
        services.AddSingleton<SubjectResolver>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<PermitQueue>();
        services.AddSingleton<EntryPermits>();
        services.AddSingleton<AdmissionController>();
        return services;
    }
}
