namespace Orleans.Hosting;

/// <summary>What a silo is made of. Adding it twice adds nothing.</summary>
internal static class SiloServices
{
    public static ISiloBuilder Add(IServiceCollection services, IConfiguration configuration)
    {
        if (services.All(service => service.ServiceType != typeof(Silo)))
        {
            AddCore(services);
        }

        return new SiloBuilder(services, configuration);
    }

    private static void AddCore(IServiceCollection services)
    {
        ProcessServices.Add<SiloMessagingOptions>(services);
        services.AddSingleton<Silo>();
        services.AddHostedService(static provider => provider.GetRequiredService<Silo>());
        services.AddSingleton<ActivationSettings>();
        services.AddSingleton<ActivationDirectory>();
        services.AddSingleton<ActivationCollector>();
        services.AddSingleton<IGrainCallRouter>(static provider => provider.GetRequiredService<ActivationDirectory>());
        services.AddSingleton<LocalSiloDetails>();
        services.AddSingleton<ILocalSiloDetails>(static provider => provider.GetRequiredService<LocalSiloDetails>());
        ProcessServices.AddOptions<GrainCollectionOptions>(services);
        ProcessServices.AddOptions<EndpointOptions>(services);
    }
}
