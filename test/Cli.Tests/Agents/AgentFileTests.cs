namespace Gateway.Cli.Agents;

public sealed class AgentFileTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory, InlineData("600"), InlineData("640"), InlineData("666"), InlineData("400")]
    public void Nobody_can_read_the_new_content_at_any_time_who_could_not_read_the_old(string octal)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no modes");
            return;
        }

        var mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        var original = _home.Write("settings.json", "secret");
        File.SetUnixFileMode(original, mode);
        var scratch = _home.Write("settings.json.new", "left by one that was killed");

        using var created = AgentFile.CreateLike(original, scratch);

        created.Length.Should().Be(0);
        File.GetUnixFileMode(scratch).Should().Be(mode);
    }

    [Fact]
    public void A_file_is_written_as_a_whole_with_its_mode_and_the_original_is_copied_once()
    {
        var file = new AgentFile(_home.Write("settings.json", "old"));

        file.Write("new").Should().BeTrue();
        file.Write("newer").Should().BeFalse();

        file.Read().Should().Be("newer");
        File.ReadAllText(file.Backup).Should().Be("old");
        Directory.GetFiles(_home.Path).Should().BeEquivalentTo(file.Path, file.Backup);
    }
}
