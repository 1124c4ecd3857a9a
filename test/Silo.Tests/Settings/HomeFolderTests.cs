using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Tests.Settings;

public sealed class HomeFolderTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_configured_folder_wins()
    {
        _root.Write("a/.env", "");
        _root.Write("b/.env", "");

        var home = HomeFolder.Find("../b", Folder("a"));

        home.Path.Should().Be(Folder("b"));
        home.DotEnvPath.Should().Be(Path.Combine(Folder("b"), ".env"));
    }

    [Fact]
    public void The_repository_root_is_found_from_a_project_folder()
    {
        _root.Write("repo/Orleans.sln", "");
        _root.Write("repo/src/Api/Program.cs", "");

        var home = HomeFolder.Find(null, Folder("repo/src/Api"));

        home.Path.Should().Be(Folder("repo"));
        home.DotEnvPath.Should().BeNull();
    }

    [Fact]
    public void The_nearest_env_file_wins_over_one_further_up()
    {
        _root.Write(".env", "");
        _root.Write("site/.env", "");
        _root.Write("site/run/x", "");

        HomeFolder.Find("", Folder("site/run")).Path.Should().Be(Folder("site"));
    }

    [Fact]
    public void Without_any_mark_it_is_the_working_folder()
    {
        _root.Write("run/x", "");

        HomeFolder.Find(null, Folder("run")).Path.Should().Be(Folder("run"));
    }

    [Fact]
    public void Relative_paths_start_from_it()
    {
        var home = HomeFolder.Find(_root.Path, "/");

        home.Resolve("./data").Should().Be(Folder("data"));
        home.Resolve("/var/data").Should().Be("/var/data");
    }

    private string Folder(string name) => Path.Combine(_root.Path, name);
}
