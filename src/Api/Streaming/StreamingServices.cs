using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Streaming;

public static class StreamingServices
{
    /// <summary>Adds <see cref="StreamResponseFactory"/> with its settings from <c>Gateway:Stream</c>.</summary>
    public static IServiceCollection AddStreaming(this IServiceCollection services)
    {
        services.AddOptions<StreamOptions>().BindConfiguration(StreamOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StreamOptions>, StreamOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SilenceWatch>();
        services.AddSingleton<StreamResponseFactory>();
        return services;
    }
}
