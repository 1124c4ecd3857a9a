using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.GrainCalls;

/// <summary>The two ends of the calls that are measured.</summary>
internal static class Hosts
{
    private const string Secret = "a secret for nothing but this bench";

    public static IHost Silo(string redis, string port)
    {
        var builder = New();
        builder.UseOrleans(silo => silo.UseRedisClustering(redis)
            .ConfigureEndpoints(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture), 0)
            .Configure<ClusterTransportOptions>(options => options.Secret = Secret));
        return builder.Build();
    }

    public static IHost Client(string redis)
    {
        var builder = New();
        builder.UseOrleansClient(client => client.UseRedisClustering(redis).Configure<ClusterTransportOptions>(options => options.Secret = Secret));
        return builder.Build();
    }

    private static HostApplicationBuilder New()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        return builder;
    }
}
