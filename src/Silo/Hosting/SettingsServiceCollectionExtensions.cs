using System.Net;
using Gateway.Grains.Manifests;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Upstreams;
using Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Hosting;

public static class SettingsServiceCollectionExtensions
{
    /// <summary>Of the embedded database, in <c>DATA_DIR</c>.</summary>
    public const string DatabaseName = "gateway.db";

    /// <summary>Registers every part of the settings, as itself and as <see cref="IOptions{TOptions}"/>.</summary>
    public static IServiceCollection AddGatewaySettings(this IServiceCollection services, GatewaySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSettings(settings.Manifest);
        services.AddSettings(settings.Cluster);
        services.AddSettings(settings.Node);
        services.AddSettings(settings.Silo);
        services.AddSettings(settings.Identity);
        services.AddSettings(settings.Introspection);
        services.AddSettings(settings.Access);
        services.AddSettings(settings.Prices);
        services.AddSettings(settings.Models);
        services.AddSettings(settings.Limits);
        services.AddSettings(settings.Auth);
        services.AddSettings(settings.Proxy);
        services.AddSingleton<IWebProxy>(new OutboundProxy(settings.Proxy));
        services.AddSettings(settings.Http);
        services.AddSettings(settings.Stream);
        services.AddSettings(settings.Drain);
        services.AddSettings(settings.Journal);
        services.AddSettings(settings.Ledger);
        services.AddSingleton(settings.Credentials);
        services.AddSingleton<IProviderCredentials>(settings.Credentials);
        services.AddSingleton<IProviderKeys>(settings.Credentials);
        services.Configure<StorageOptions>(options =>
        {
            options.SqlitePath = Path.Combine(settings.Node.DataDirectory, DatabaseName);
            options.Postgres = settings.Database;
            options.ClusterSecret = settings.Cluster.Secret;
        });
        services.AddSingleton<IEnumerable<WatchedSecret>>(settings.WatchedSecrets);
        services.AddHostedService<SecretFileWatcher>();
        return services;
    }

    private static void AddSettings<TOptions>(this IServiceCollection services, TOptions instance)
        where TOptions : class
    {
        services.AddOptions();
        services.AddSingleton(instance);
        services.AddSingleton<IOptionsFactory<TOptions>>(provider =>
            new SettingsOptionsFactory<TOptions>(instance, provider.GetServices<IValidateOptions<TOptions>>()));
    }
}
