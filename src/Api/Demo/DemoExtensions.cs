using Gateway.Api.Startup;

namespace Gateway.Api.Demo;

public static class DemoExtensions
{
    /// <summary>Adds what the demo needs; without a demo only the end of an earlier one's key. Call before the silo is added.</summary>
    public static IServiceCollection AddDemo(this IServiceCollection services, Launch launch)
    {
        if (launch.Demo)
        {
            services.AddHostedService<DemoUpstream>();
            services.AddHostedService<DemoKeyRegistration>();
        }
        else
        {
            services.AddHostedService<DemoKeyRevocation>();
        }

        return services;
    }

    /// <summary>Marks every answer, so that nobody takes canned words for a model's.</summary>
    public static IApplicationBuilder UseDemoMark(this IApplicationBuilder app, Launch launch) => launch.Demo
        ? app.Use((context, next) =>
        {
            context.Response.Headers["x-gateway-demo"] = "1";
            return next(context);
        })
        : app;
}
