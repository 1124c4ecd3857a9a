using Microsoft.Extensions.Hosting;

namespace Orleans.TestingHost;

/// <summary>What all silos of a test cluster share.</summary>
public sealed class InProcessTestClusterOptions
{
    public string ClusterId { get; set; } = InProcessTestClusterBuilder.CreateClusterId();

    public string ServiceId { get; set; } = "test";

    /// <summary>Silos that the deployment starts. Default: 1.</summary>
    public short InitialSilosCount { get; set; } = 1;

    public List<Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder>> SiloHostConfigurationDelegates { get; } = [];

    public List<Action<IHostApplicationBuilder>> ClientHostConfigurationDelegates { get; } = [];
}
