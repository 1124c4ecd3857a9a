using Gateway.Api.Admission.Rows;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Testing;

namespace Gateway.Api.Tests.Admission;

public sealed class LimitsRefresherTests
{
    [Fact]
    public async Task A_word_of_the_feed_has_changes_read_at_once()
    {
        await using var bench = await new AdmissionBench().WithAsync("user:local/alice", """{"concurrency":1}""");
        var record = bench.Store.Set("user:local/alice", """{"concurrency":2}""");

        bench.Refresher.OnLimitsVersion(record.Version);

        // The clock stands still: it was not the look once a second.
        await Eventually.TrueAsync(() => bench.Resolve().Counted[0].Limits.Concurrency == 2, "the change is in force");
        bench.Snapshot.AppliedVersion.Should().Be(record.Version);
    }

    [Fact]
    public async Task While_the_database_is_away_what_was_loaded_stays_in_force_and_is_told_once()
    {
        await using var bench = await new AdmissionBench().WithAsync("user:local/alice", """{"concurrency":1}""");
        bench.Store.IsDown = true;

        await UntilToldAsync(bench, "Limits cannot be read");
        var reads = bench.Store.Reads;
        await PassUntilAsync(bench, () => bench.Store.Reads > reads + 3, "it was tried again");

        bench.Resolve().Counted.Should().ContainSingle();
        bench.Logs.Lines.Where(line => line.Contains("Limits cannot be read", StringComparison.Ordinal)).Should().ContainSingle();
        bench.Store.IsDown = false;
        await UntilToldAsync(bench, "Limits can be read");
    }

    [Fact]
    public async Task Another_default_issuer_than_limits_were_set_under_ends_the_process()
    {
        await using var bench = new AdmissionBench();
        bench.Store.Issuer = "corp";
        bench.Store.Set("user:corp/alice", "{}");

        await bench.Refresher.StartAsync(TestContext.Current.CancellationToken);

        var ended = () => bench.Refresher.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        (await ended.Should().ThrowAsync<DefaultIssuerChangedException>()).Which.Message.Should().Contain("GATEWAY_DEFAULT_ISSUER").And.Contain("corp");
        bench.Snapshot.IsLoaded.Should().BeFalse();
    }

    private static Task UntilToldAsync(AdmissionBench bench, string told) =>
        PassUntilAsync(bench, () => bench.Logs.Lines.Any(line => line.Contains(told, StringComparison.Ordinal)), told);

    // The refresher runs beside the test: it may set its timer after the clock went on.
    private static Task PassUntilAsync(AdmissionBench bench, Func<bool> condition, string expectation) => Eventually.TrueAsync(
        async () =>
        {
            await bench.PassAsync(TimeSpan.FromSeconds(1));
            return condition();
        },
        expectation);
}
