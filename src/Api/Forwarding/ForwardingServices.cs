using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Health;
using Gateway.Api.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Api.Forwarding;

public static class ForwardingServices
{
    /// <summary>
    /// While this category is on, the host starts an activity and a log scope for each request, which every await of it
    /// then carries along. What it would log is in the request log.
    /// </summary>
    private const string HostRequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>The request path. Needs the router, an authenticator, streaming, and the manifest and proxy options.</summary>
    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<LoggerFilterOptions>(options => options.AddFilter(HostRequestLog, LogLevel.None));
        services.AddSingleton<InFlightRequests>();
        services.AddSingleton<StartGate>();
        services.AddSingleton<ClusterScopes>();
        services.AddSingleton<UpstreamConnections>();
        services.AddSingleton<IncludeUsageSupport>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<RequestForwarder>();
        services.AddSingleton<InferenceHandler>();
        return services;
    }

    /// <summary>Takes inference requests out of the pipeline before endpoint routing, which would cost more than all that happens here.</summary>
    public static IApplicationBuilder UseInference(this IApplicationBuilder app)
    {
        var handler = app.ApplicationServices.GetRequiredService<InferenceHandler>();
        return app.Use(next => context =>
            InferencePath.TryParse(RequestPath.Raw(context), out var route) ? handler.HandleAsync(context, route) : next(context));
    }
}
