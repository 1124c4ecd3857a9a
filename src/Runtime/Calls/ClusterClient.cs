namespace Orleans.Runtime.Calls;

/// <summary>The client that lives in the process of a silo: its calls go straight to the silo's router.</summary>
internal sealed class ClusterClient(IServiceProvider services, GrainRegistry registry, GrainCaller caller) : GrainFactory(registry, caller), IClusterClient
{
    public IServiceProvider ServiceProvider { get; } = services;
}
