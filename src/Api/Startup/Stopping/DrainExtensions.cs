using Gateway.Silo.Settings;

namespace Gateway.Api.Startup.Stopping;

internal static class DrainExtensions
{
    // After the requests: deactivating grains and closing the database.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A stop signal goes like this: (1) <c>/health/ready</c> says draining; (2) the listeners close, idle connections too; (3) running
    /// requests finish, for <see cref="DrainOptions.Maximum"/> at most; (4) grains deactivate. A second signal ends the process at once.
    /// </summary>
    public static void AddDraining(this IServiceCollection services, DrainOptions options)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Maximum + Closing);
        services.AddHostedService<DrainSignals>();
    }
}
