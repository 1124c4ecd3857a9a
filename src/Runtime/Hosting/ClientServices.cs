namespace Orleans.Hosting;

/// <summary>What a cluster client is made of. Adding it twice adds nothing.</summary>
internal static class ClientServices
{
    public static IClientBuilder Add(IServiceCollection services, IConfiguration configuration)
    {
        if (services.All(service => service.ServiceType != typeof(ClientMarker)))
        {
            services.AddSingleton<ClientMarker>();
            ProcessServices.Add<ClientMessagingOptions>(services);
            ClusterServices.AddClient(services);
        }

        return new ClientBuilder(services, configuration);
    }

    private sealed class ClientMarker;
}
