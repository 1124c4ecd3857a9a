using Gateway.Storage.Audit;
using Gateway.Storage.Clock;
using Gateway.Storage.Grains;
using Gateway.Storage.Hosting;
using Gateway.Storage.Keys;
using Gateway.Storage.Limits;
using Gateway.Storage.Sessions;
using Gateway.Storage.Sql;
using Gateway.Storage.Sql.Postgres;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Microsoft.Extensions.DependencyInjection;

public static class StorageServiceCollectionExtensions
{
    /// <summary>Name of the grain storage that grains ask for.</summary>
    public const string GrainStorageName = "gateway";

    /// <summary>Adds grain storage, API keys, limits and the audit log; the schema is migrated when the host starts. Needs <see cref="Gateway.Storage.StorageOptions"/>.</summary>
    public static IServiceCollection AddGatewayStorage(this IServiceCollection services)
    {
        services.AddOptions<Gateway.Storage.StorageOptions>().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<Gateway.Storage.StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton<GatewayDatabase>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<Gateway.Storage.StorageOptions>>().Value;
            var time = provider.GetRequiredService<TimeProvider>();
            return options.Postgres is { } target
                ? new PostgresDatabase(target, options.CallTimeout, time)
                : new SqliteDatabase(options.SqlitePath, options.CallTimeout, time);
        });
        services.TryAddSingleton(provider => new ApiKeySeal(provider.GetRequiredService<IOptions<Gateway.Storage.StorageOptions>>().Value.ClusterSecret));
        services.TryAddSingleton<StorageMigrator>();
        services.TryAddSingleton<StorageReadiness>();
        services.TryAddSingleton<DatabaseClock>();
        services.TryAddSingleton<NodeSessionTable>();
        services.TryAddSingleton<IApiKeyStore, SqlApiKeyStore>();
        services.TryAddSingleton<KeyUseLog>();
        services.TryAddSingleton<ILimitStore, SqlLimitStore>();
        services.TryAddSingleton<IAuditLog, SqlAuditLog>();
        services.TryAddKeyedSingleton<IGrainStorage, SqlGrainStorage>(GrainStorageName);
        services.AddHostedService<StorageMigrationService>();
        return services;
    }
}
