using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Sources;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests;

public sealed class ManifestReporterTests : IDisposable
{
    private readonly LogSink _log = new();
    private readonly ManifestReporter _reporter;

    public ManifestReporterTests() => _reporter = new ManifestReporter(_log);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void What_changed_is_told_entry_by_entry_and_summed_up()
    {
        var a = Json.Assemble();
        Report([], [a]);
        Report([a], [a with { StatusText = "maintenance", Status = EntryStatus.Maintenance }]);
        Report([a], [a with { Weight = 3 }]);
        Report([a], []);

        _log.Lines.Should().Contain(line => line.Contains("entry a added (live, 1 models, https://api.example.com:443)"))
            .And.Contain(line => line.Contains("entry a went from live to maintenance"))
            .And.Contain(line => line.Contains("entry a changed"))
            .And.Contain(line => line.Contains("entry a removed"))
            .And.Contain(line => line.Contains("1 of 1 entries are Live"))
            .And.Contain(line => line.Contains("0 of 0 entries are Live"));
        _log.Lines.Should().OnlyContain(line => line.Contains("metis"));
    }

    [Fact]
    public void Nothing_new_is_nothing_said()
    {
        var a = Json.Assemble();
        Report([], [a], Rejected("b", "no_key"));
        var lines = _log.Lines.Count;

        Report([a], [a], Rejected("b", "no_key"));

        _log.Lines.Should().HaveCount(lines);
    }

    [Fact]
    public void An_entry_that_is_rejected_for_another_reason_is_told_again()
    {
        Report([], [], Rejected("b", "no_key"));
        Report([], [], Rejected("b", "origin_changed"));

        _log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)).Should().HaveCount(2);
    }

    [Fact]
    public void A_source_that_fails_is_told_once_with_what_it_means_and_again_when_it_recovers()
    {
        var never = new ManifestSourceState { Name = "metis", Location = "http://h/s", LastError = "The host answered 500." };
        _reporter.ReportSource(never);
        _reporter.ReportSource(never with { LastErrorAt = DateTimeOffset.UnixEpoch });
        _reporter.ReportSource(never with { LastError = null, FetchedAt = DateTimeOffset.UnixEpoch });
        _reporter.ReportSource(never with { FetchedAt = DateTimeOffset.UnixEpoch });

        _log.Lines.Should().HaveCount(3);
        _log.Lines[0].Should().Contain("The host answered 500. Nothing of it was ever loaded.");
        _log.Lines[1].Should().Contain("read again");
        _log.Lines[2].Should().Contain("What was loaded before stays in force.");
    }

    [Fact]
    public async Task A_field_that_looks_like_a_slip_is_a_warning_once_and_any_other_unknown_one_is_none()
    {
        var slot = new SourceSlot("metis", "somewhere", new OneDocument(Json.Manifest(Json.Entry("a", more: "\"wieght\":2,\"owner_of_it\":\"x\""))), TimeProvider.System);
        var hosts = new HostResolver((_, _) => Task.FromResult<System.Net.IPAddress[]>([]), TimeProvider.System);
        slot.Take(await slot.LookAsync(hosts, TestContext.Current.CancellationToken), DateTimeOffset.UnixEpoch);

        _reporter.ReportUnknownFields(slot);
        _reporter.ReportUnknownFields(slot);

        _log.Lines.Should().HaveCount(2);
        _log.Lines[0].Should().StartWith("Warning").And.Contain("\"wieght\" (did you mean \"weight\"?)").And.NotContain("owner_of_it");
        _log.Lines[1].Should().StartWith("Debug").And.Contain("\"owner_of_it\"");
    }

    private void Report(ImmutableArray<ManifestEntry> before, ImmutableArray<ManifestEntry> after, params ImmutableArray<RejectedEntry> rejected) =>
        _reporter.Report(ManifestDiff.Between(before, after), after, rejected, 1);

    private static RejectedEntry Rejected(string id, string reason) => new() { Id = id, Cluster = "metis", Reason = reason, Detail = "Do this." };

    private sealed class OneDocument(string json) : IManifestFetcher
    {
        public bool IsLocal => true;

        public Task<FetchResult> FetchAsync(CacheValidators validators, CancellationToken cancellationToken) =>
            Task.FromResult<FetchResult>(new FetchResult.Fresh(Json.Utf8(json), CacheValidators.None));

        public Task<bool> HasChangedAsync(CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
