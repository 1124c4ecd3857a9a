namespace Orleans.Runtime.Management;

internal sealed class LocalSiloDetails(IOptions<EndpointOptions> endpoint, IOptions<ClusterOptions> cluster, IOptions<SiloOptions> silo, TimeProvider clock)
    : ILocalSiloDetails
{
    public string Name { get; } = silo.Value.SiloName;

    public string ClusterId { get; } = cluster.Value.ClusterId;

    // Seconds since 2020 tell a restarted silo from its predecessor, and fit 68 years.
    public SiloAddress SiloAddress { get; private set; } = SiloAddress.New(
        endpoint.Value.AdvertisedIPAddress, endpoint.Value.SiloPort, (int)(clock.GetUtcNow() - new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds);

    /// <summary>Takes over from a predecessor on the same address whose clock was ahead, or that started in the same second.</summary>
    public void Succeed(int generation) => SiloAddress = SiloAddress.New(SiloAddress.Endpoint, generation + 1);
}
