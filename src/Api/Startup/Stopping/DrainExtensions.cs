using Gateway.Api.Health;
using Gateway.Silo.Health;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gateway.Api.Startup.Stopping;

internal static class DrainExtensions
{
    // After the requests: deactivating grains and closing the database.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A stop signal goes like this: (1) <c>/health/ready</c> says draining; (2) for <see cref="DrainOptions.Accept"/> everything is still served,
    /// and every HTTP/1.1 answer ends its connection, so that balancers turn away without an error; (3) the listeners close once nobody is
    /// just connecting (<see cref="ListenSockets"/>), idle connections too, a moment later (<see cref="LingeringConnections"/>); (4) running requests finish, for <see cref="DrainOptions.Maximum"/> at most; (5) the node says good-bye, grains deactivate. A
    /// second signal ends the process at once.
    /// </summary>
    public static void AddDraining(this IServiceCollection services, DrainOptions options)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Accept + options.Maximum + Closing);
        services.AddSingleton<ListenSockets>();
        services.AddOptions<SocketTransportOptions>().Configure<ListenSockets>((transport, sockets) =>
            transport.CreateBoundListenSocket = endpoint => sockets.Create(endpoint, SocketTransportOptions.CreateDefaultBoundListenSocket));
        services.AddHostedService<DrainSignals>();
    }

    /// <summary>While draining, answers end their connections. Place it before everything else.</summary>
    public static IApplicationBuilder UseDraining(this IApplicationBuilder app)
    {
        var readiness = app.ApplicationServices.GetRequiredService<Readiness>();
        return app.Use((context, next) =>
        {
            // HTTP/2 forbids the header; there the listener's end tells the client.
            if (readiness.Status == ReadinessStatus.Draining && HttpProtocol.IsHttp11(context.Request.Protocol))
            {
                context.Response.Headers.Connection = "close";
            }

            return next(context);
        });
    }
}
