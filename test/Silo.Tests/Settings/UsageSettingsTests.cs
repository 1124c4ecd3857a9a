using Gateway.Silo.Settings;
using Gateway.Storage.Ledger;

namespace Gateway.Silo.Tests.Settings;

public sealed class UsageSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Defaults_are_those_of_the_options()
    {
        var settings = SettingsFor.Valid(_home);

        settings.Journal.Should().BeEquivalentTo(new JournalOptions());
        settings.Ledger.Should().BeEquivalentTo(new LedgerOptions());
    }

    [Fact]
    public void Units_are_those_of_the_names()
    {
        var settings = SettingsFor.Valid(
            _home, ("Gateway__Journal__MaxMegabytes", "2048"), ("Gateway__Journal__FlushMilliseconds", "50"), ("GATEWAY_ADOPT_DIR", "lost"), ("Gateway__Usage__RecordDays", "90"), ("Gateway__Usage__SumDays", "500"));

        settings.Journal.MaxBytes.Should().Be(2L << 30);
        settings.Journal.FlushInterval.Should().Be(TimeSpan.FromMilliseconds(50));
        settings.Journal.AdoptFolder.Should().Be(Path.Combine(settings.Home.Path, "lost"));
        (settings.Ledger.KeepRecords, settings.Ledger.KeepSums).Should().Be((TimeSpan.FromDays(90), TimeSpan.FromDays(500)));
    }

    [Fact]
    public void Sums_that_are_kept_for_less_time_than_records_are_told_with_both_names() =>
        SettingsFor.Problem(_home, ("Gateway__Usage__SumDays", "390")).Should().StartWith("Gateway:Usage:RecordDays: is 400, ").And.Contain("the 390 of Gateway:Usage:SumDays");

    [Theory]
    [InlineData("Gateway__Journal__MaxMegabytes", "1")]
    [InlineData("Gateway__Journal__FlushMilliseconds", "0")]
    [InlineData("Gateway__Usage__RecordDays", "7")]
    [InlineData("Gateway__Usage__RecordDays", "2000")]
    public void What_is_out_of_bounds_is_named(string name, string value) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(name.Replace("__", ":", StringComparison.Ordinal));
}
