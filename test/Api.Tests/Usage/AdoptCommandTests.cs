using Dapper;
using Gateway.Api.Startup;
using Gateway.Api.Tests.Startup;
using Gateway.Api.Tests.Usage.Journal;
using Gateway.Api.Usage.Journal;
using Gateway.Silo.Settings;
using Gateway.Testing;
using Microsoft.Data.Sqlite;

namespace Gateway.Api.Tests.Usage;

public sealed class AdoptCommandTests
{
    [Fact]
    public async Task A_lost_journal_is_taken_in_and_said_so()
    {
        using var home = new TempFolder();
        var settings = SettingsOf.Load(home.Path, ("DATA_DIR", "data"), ("METIS_STATUS_URL", "manifest.json"));
        var lost = home.File("lost/journal");
        using (var journal = UsageJournal.Open(new JournalOptions(), lost, "s1", "node"))
        {
            journal.TryBegin(Samples.Intent(new Random(1)), out _).Should().BeTrue();
        }

        using var living = UsageJournal.Open(new JournalOptions(), lost, "s2", "node");
        await using var output = new StringWriter();

        (await AdoptCommand.RunAsync(settings, "lost", output, CancellationToken.None)).Should().Be(1, "one is in use");
        (await AdoptCommand.RunAsync(settings, "missing", output, CancellationToken.None)).Should().Be(1);
        living.Dispose();
        (await AdoptCommand.RunAsync(settings, "lost", output, CancellationToken.None)).Should().Be(0);

        output.ToString().Should().Contain("1 sessions taken in with 1 records; 1 are in use").And.Contain("there is no folder").And.Contain("1 sessions taken in with 0 records; 0 are in use");
        await using var database = new SqliteConnection($"Data Source={home.File("data/gateway.db")};Pooling=false");
        (await database.ExecuteScalarAsync<long>("SELECT count(*) FROM usage_records WHERE is_interrupted = 1")).Should().Be(1);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_taken_in_is_named_and_the_end_is_a_failure()
    {
        using var home = new TempFolder();
        var settings = SettingsOf.Load(home.Path, ("DATA_DIR", "data"), ("METIS_STATUS_URL", "manifest.json"));
        home.Write("lost/session-aaa/00000001.seg", new string('x', 10_000));
        home.Write("lost/session-aaa/lock", "");
        await using var output = new StringWriter();

        (await AdoptCommand.RunAsync(settings, "lost", output, CancellationToken.None)).Should().Be(1);

        output.ToString().Should().Contain("adopt: " + home.File("lost/session-aaa") + ": ");
    }
}
