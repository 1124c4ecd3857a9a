using Gateway.Process.Rigs;
using Gateway.Testing.Identity;

namespace Gateway.Process.Identity;

/// <summary>A gateway that takes Globus tokens of one laboratory, with everything that can be asked of a caller.</summary>
public sealed class GlobusGateway : SharedGateway, IAsyncLifetime
{
    public const string Domain = "anl.gov";
    public const string Group = "0b1a7f0e-everyone";
    public const string Policy = "6e2d1c5a-high-assurance";

    public GlobusDouble Globus { get; } = GlobusDouble.Start();

    protected override Dictionary<string, string> Environment => Globus.Settings(
        ("AUTHORIZED_IDP_DOMAINS", Domain), ("GLOBUS_GROUPS", Group), ("GLOBUS_POLICIES", Policy), ("Gateway__Log__Level", "trace"));

    /// <summary>A token of somebody who may call.</summary>
    public string Member(params string[] groups) => Globus.Issue(GlobusUser.Person($"alice@{Domain}", "Alice Example", [Group, .. groups]));

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Globus.DisposeAsync();
    }
}
