using Gateway.Silo.DataDirectories;
using Gateway.Silo.Tests.Settings;

namespace Gateway.Silo.Tests.DataDirectories;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    private string Folder => Path.Combine(_home.Path, "var", "data");

    public void Dispose() => _home.Dispose();

    [Fact]
    public void It_is_made_for_its_owner_only()
    {
        using var data = DataDirectory.Open(Folder);

        Mode(Folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        data.OthersMayEnter.Should().BeFalse();
    }

    [Fact]
    public void A_folder_that_was_open_is_closed()
    {
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        using var data = DataDirectory.Open(Folder);

        Mode(Folder).Should().NotHaveFlag(UnixFileMode.OtherRead);
    }

    [Fact]
    public void One_holder_at_a_time()
    {
        var first = DataDirectory.Open(Folder);

        var second = () => DataDirectory.Open(Folder);
        second.Should().Throw<StartException>().WithMessage($"DATA_DIR: the folder {Folder} is in use by another gateway process;*");

        first.Dispose();
        second.Should().NotThrow().Which.Dispose();
    }

    [Fact]
    public void A_path_that_cannot_be_a_folder_is_named()
    {
        var file = _home.Write("file", "");

        var open = () => DataDirectory.Open(Path.Combine(file, "data"));

        open.Should().Throw<StartException>().WithMessage($"DATA_DIR: the folder {file}*");
    }

    [Fact]
    public void Secrets_are_made_once_for_the_owner_only_and_found_again()
    {
        using var data = DataDirectory.Open(Folder);

        var (key, created) = data.ReadOrCreateAdminKey();
        created.Should().BeTrue();
        data.ReadOrCreateAdminKey().Should().Be((key, false));
        key.Should().HaveLength(64);
        data.ReadOrCreateClusterSecret().Should().Be(data.ReadOrCreateClusterSecret()).And.NotBe(key);
        data.ReadOrCreateNodeId().Should().Be(data.ReadOrCreateNodeId()).And.StartWith("node-");
        Mode(data.AdminKeyPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Mode(Path.Combine(Folder, "cluster-secret")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void A_damaged_secret_is_never_replaced_in_silence(string content)
    {
        using var data = DataDirectory.Open(Folder);
        var path = Path.Combine(Folder, "cluster-secret");
        File.WriteAllText(path, content);

        data.Invoking(it => it.ReadOrCreateClusterSecret()).Should().Throw<StartException>().WithMessage($"{path} is damaged;*");
        File.ReadAllText(path).Should().Be(content);
    }

    [Fact]
    public void The_mark_of_a_manifest_stays()
    {
        using (var data = DataDirectory.Open(Folder))
        {
            data.HeldManifest.Should().BeFalse();
            data.MarkManifestHeld();
            data.MarkManifestHeld();
        }

        using var again = DataDirectory.Open(Folder);
        again.HeldManifest.Should().BeTrue();
    }

    [Fact]
    public void The_settings_are_completed_and_configured_secrets_win()
    {
        using var data = DataDirectory.Open(Folder);
        var made = SettingsFor.Valid(_home);
        var configured = SettingsFor.Valid(_home, ("GATEWAY_ADMIN_KEY", new string('a', 32)), ("CLUSTER_SECRET", new string('c', 32)));

        NodeIdentity.Establish(made, data).Should().Be(made.Identity.AdminKey);
        NodeIdentity.Establish(configured, data).Should().BeNull();

        made.Cluster.Secret.Should().HaveLength(64);
        made.AdminKeyIsMade.Should().BeTrue();
        configured.Cluster.Secret.Should().Be(new string('c', 32));
        configured.Identity.AdminKey.Should().Be(new string('a', 32));
        configured.Node.NodeId.Should().Be(made.Node.NodeId);
        configured.Node.SettingsHash.Should().HaveLength(16).And.NotBe(made.Node.SettingsHash);
    }

    private static UnixFileMode Mode(string path) => File.GetUnixFileMode(path);
}
