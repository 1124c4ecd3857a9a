using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Calls;

namespace Orleans.TestingHost;

/// <summary>Sends the client's calls to the active silo, so that the client outlives a restart.</summary>
internal sealed class ActiveSiloRouter(InProcessTestCluster cluster) : IGrainCallRouter
{
    public void Send(GrainCall call)
    {
        if (cluster.GetActiveSilos().LastOrDefault() is { } silo)
        {
            silo.ServiceProvider.GetRequiredService<IGrainCallRouter>().Send(call);
        }
        else
        {
            call.Reject(new SiloUnavailableException("The test cluster has no active silo."));
        }
    }
}
