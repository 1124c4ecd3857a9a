using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Usage;

public static class UsageLedgerServices
{
    private const string JournalFolder = "journal";

    /// <summary>
    /// Adds <see cref="IUsageJournal"/> and what brings it to the ledger. Needs the settings, the storage and <see cref="Health.Readiness"/>; an
    /// <see cref="ISessionTotalsSink"/> gets the last word of sessions that have ended, an
    /// <see cref="IJournalTakenObserver"/> learns that this process's own was taken for one.
    /// </summary>
    public static IServiceCollection AddUsageLedger(this IServiceCollection services)
    {
        services.AddOptions<JournalOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JournalOptions>, JournalOptionsValidator>());
        services.AddSingleton(Open);
        services.AddSingleton<IUsageJournal>(provider => provider.GetRequiredService<UsageJournal>());
        services.AddSingleton<JournalAdopter>();
        services.AddSingleton<SessionSettlement>();
        services.AddHostedService<ShippingService>();
        services.AddHostedService<AdoptionService>();
        return services;
    }

    private static UsageJournal Open(IServiceProvider provider)
    {
        var node = provider.GetRequiredService<IOptions<NodeOptions>>().Value;
        var folder = Path.Combine(node.DataDirectory, JournalFolder);
        try
        {
            return UsageJournal.Open(provider.GetRequiredService<IOptions<JournalOptions>>().Value, folder, node.Session, node.NodeId, provider.GetRequiredService<IOptions<ClusterOptions>>().Value.Id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"DATA_DIR: the journal in {folder} cannot be written by this user; check the free space and the owner of the folder.", exception);
        }
    }
}
