using System.Net.Sockets;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Joining;

/// <summary>What cannot join says so in one line.</summary>
public sealed class StartFailureTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("DATABASE_URL")]
    [InlineData("CLUSTER_SECRET")]
    [InlineData("GATEWAY_ADMIN_KEY")]
    public async Task Cluster_mode_names_each_setting_that_is_missing(string missing)
    {
        await using var silo = Shared.Rig.NewSilo(9);
        await using var frontEnd = Shared.Rig.NewFrontEnd(9);
        foreach (var part in (ClusterPart[])[silo, frontEnd])
        {
            part.Environment.Remove(missing);
            await part.LaunchAsync();

            (await part.Process.ExitAsync(Bound)).Should().Be(1);
            part.Process.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle(part.Output)
                .Which.Should().StartWith($"error: {missing}: is required in cluster mode");
        }
    }

    [Theory]
    [InlineData("REDIS_URL")]
    [InlineData("METIS_STATUS_URL")]
    public async Task A_silo_names_what_makes_no_cluster(string missing)
    {
        await using var silo = Shared.Rig.NewSilo(9);
        silo.Environment.Remove(missing);

        await silo.LaunchAsync();

        (await silo.Process.ExitAsync(Bound)).Should().Be(1);
        silo.Process.StandardError.Should().StartWith($"error: {missing} is not set");
    }

    [Fact]
    public async Task A_silo_with_another_secret_never_joins_and_says_why()
    {
        await using var silo = Shared.Rig.NewSilo(9);
        silo.Environment["CLUSTER_SECRET"] = new string('x', 32);

        await silo.LaunchAsync();

        await Eventually.TrueAsync(() => silo.Output.Contains("CLUSTER_SECRET", StringComparison.OrdinalIgnoreCase) || silo.Output.Contains("secret", StringComparison.OrdinalIgnoreCase), "it says why", Bound);
        (await silo.HealthAsync("/health/ready"))?.Status.Should().NotBe(HttpStatusCode.OK);
        (await Shared.ActiveSilosAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task A_front_end_with_another_secret_is_alive_never_ready_and_says_why()
    {
        await using var frontEnd = Shared.Rig.NewFrontEnd(9);
        frontEnd.Environment["CLUSTER_SECRET"] = new string('x', 32);

        await frontEnd.LaunchAsync();

        await Eventually.TrueAsync(() => frontEnd.Output.Contains("secret", StringComparison.OrdinalIgnoreCase), "it says why", Bound);
        (await frontEnd.HealthAsync("/health/live"))!.Status.Should().Be(HttpStatusCode.OK);
        (await frontEnd.HealthAsync("/health/ready"))!.Status.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_taken_silo_port_is_named_in_one_line()
    {
        await using var silo = Shared.Rig.NewSilo(9);
        using var taken = new TcpListener(IPAddress.Loopback, silo.SiloPort);
        taken.Start();

        await silo.LaunchAsync();

        (await silo.Process.ExitAsync(Bound)).Should().Be(1);
        silo.Process.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle(silo.Output).Which.Should().Contain($"{silo.SiloPort}").And.Contain("SILO_PORT").And.NotContain("SILO_HTTP_URLS");
    }
}
