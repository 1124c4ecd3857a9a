using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Joining;

public sealed class CheckCommandTests(SharedCluster shared) : ClusterTest(shared)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Both_programs_say_that_all_is_fine()
    {
        await using var silo = Shared.Rig.NewSilo(9);

        foreach (var program in (string[])[Programs.Silo, Programs.Api])
        {
            await using var check = ChildProcess.Start("dotnet", [program, "check"], silo.Environment);

            (await check.ExitAsync(Bound)).Should().Be(0, check.AllOutput);
            check.StandardOutput.Should().Contain("REDIS_URL: ").And.Contain("DATABASE_URL: ").And.Contain("All fine.").And.NotContain(Shared.Rig.Postgres.Password);
        }
    }

    [Fact]
    public async Task A_redis_that_is_not_there_is_named_without_its_password()
    {
        await using var silo = Shared.Rig.NewSilo(9);
        silo.Environment["REDIS_URL"] = $"redis://:canary@127.0.0.1:{FreePort.Next()}";

        await using var check = ChildProcess.Start("dotnet", [Programs.Silo, "check"], silo.Environment);

        (await check.ExitAsync(Bound)).Should().Be(1);
        check.AllOutput.Should().Contain("REDIS_URL: ").And.NotContain("canary");
    }

    [Fact]
    public async Task Help_lists_the_settings_of_the_cluster()
    {
        await using var help = ChildProcess.Start("dotnet", [Programs.Silo, "--help"]);

        (await help.ExitAsync(Bound)).Should().Be(0);
        help.StandardOutput.Should().ContainAll("REDIS_URL *", "SILO_ADDRESS", "SILO_PORT (11111)", "Gateway:Cluster:Tls:CaFile");
    }
}
