using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Api.Streaming;

public static class StreamingServices
{
    /// <summary>Adds <see cref="StreamResponseFactory"/>.</summary>
    public static IServiceCollection AddStreaming(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SilenceWatch>();
        services.AddSingleton<StreamResponseFactory>();
        return services;
    }
}
