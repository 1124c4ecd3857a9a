using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Tests.Hosting;

/// <summary>A host with nothing but the storage.</summary>
internal static class StorageHost
{
    public static IHost Build(Action<StorageOptions> settings, Action<IServiceCollection>? configure = null, ILoggerProvider? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure?.Invoke(builder.Services);
        builder.Services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Trace);
            if (log is not null)
            {
                logging.AddProvider(log);
            }
        });
        builder.Services.Configure<StorageOptions>(options =>
        {
            options.ClusterSecret = new string('s', 32);
            options.CallTimeout = TestDatabase.CallTimeout;
            settings(options);
        });
        builder.Services.AddGatewayStorage();
        return builder.Build();
    }
}
