using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Settings;

public sealed class StreamSettingsTests : IDisposable
{
    private const string Name = "Gateway__Stream__KeepAliveSeconds";

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Keep_alives_come_after_15_seconds_unless_told_otherwise()
    {
        SettingsFor.Valid(_home).Stream.KeepAlive.Should().Be(TimeSpan.FromSeconds(15)).And.Be(new StreamOptions().KeepAlive);
        SettingsFor.Valid(_home, (Name, "")).Stream.KeepAlive.Should().Be(TimeSpan.FromSeconds(15), "an empty value is none");
        SettingsFor.Valid(_home, (Name, "0")).Stream.KeepAlive.Should().Be(TimeSpan.Zero);
        SettingsFor.Valid(_home, (Name, "3600")).Stream.KeepAlive.Should().Be(TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("3601")]
    public void What_is_out_of_bounds_is_named(string value) =>
        SettingsFor.Problem(_home, (Name, value)).Should().StartWith("Gateway:Stream:KeepAliveSeconds");
}
