using System.Collections.Immutable;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Usage.Journal.Shipping;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Api.Tests.Admission;

public sealed class EndedSessionsTests
{
    private const string Key = "user:local/alice";
    private const string Window = "requests_per_day";

    [Fact]
    public async Task The_last_word_of_a_session_is_what_its_journal_charged_and_names_no_epoch_that_never_was()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, $$"""{"{{Window}}":100}""");
        (await bench.TryServeAsync()).Should().BeTrue();

        var isTaken = await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", [Charged(Key, 3), Charged(Key, 4)]), TestContext.Current.CancellationToken);

        isTaken.Should().BeTrue();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject(Key).Used(Window).Should().Be(1 + 7);
        (await bench.TryServeAsync()).Should().BeTrue("who has ended stops nobody");
    }

    [Fact]
    public async Task A_subject_that_does_not_answer_keeps_the_last_word_from_no_other()
    {
        await using var bench = new AdmissionBench();
        bench.Subject("user:local/b").Always = CallFate.NeverArrives;
        bench.Account("acme").Always = CallFate.Unavailable;
        var charges = new[] { "user:local/a", "user:local/b", "account:acme", "user:local/c" }.Select((subject, index) => Charged(subject, index + 1)).ToImmutableArray();

        (await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", charges), TestContext.Current.CancellationToken)).Should().BeFalse();

        bench.Subject("user:local/a").Used(Window).Should().Be(1);
        bench.Subject("user:local/c").Used(Window).Should().Be(4);
        bench.Subject("user:local/b").Always = bench.Account("acme").Always = null;
        (await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", charges), TestContext.Current.CancellationToken)).Should().BeTrue();
        bench.Subject("user:local/b").Used(Window).Should().Be(2);
        bench.Account("acme").Used(Window).Should().Be(3);
    }

    [Fact]
    public async Task A_last_word_of_more_totals_than_one_report_may_have_comes_in_parts_of_which_only_the_last_ends_the_session()
    {
        await using var bench = new AdmissionBench();
        var charges = Enumerable.Range(1, 45_000).Select(period => Charged(Key, 1) with { Period = period }).ToImmutableArray();

        (await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", charges), TestContext.Current.CancellationToken)).Should().BeTrue();

        var reports = bench.Subject(Key).ReportsTaken;
        reports.Select(report => (report.Totals.Length, report.IsFinal, report.IsPart, report.PartsTakenBy)).Should().Equal(
            (20_000, false, true, 0), (20_000, false, true, 0), (5_000, true, false, 1));
        reports.SelectMany(report => report.Totals).Select(total => total.Period).Should().BeEquivalentTo(charges.Select(charge => charge.Period));
        bench.Subject(Key).Used(Window).Should().Be(45_000);
    }

    [Fact]
    public async Task Parts_that_different_activations_took_are_told_anew()
    {
        await using var bench = new AdmissionBench();
        var grain = bench.Subject(Key);
        grain.OnReport = () =>
        {
            grain.OnReport = null;
            grain.Restart();
        };
        var charges = Enumerable.Range(1, 45_000).Select(period => Charged(Key, 1) with { Period = period }).ToImmutableArray();

        (await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", charges), TestContext.Current.CancellationToken)).Should().BeFalse();

        grain.ReportsTaken.Should().NotContain(report => report.IsFinal);
        (await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", charges), TestContext.Current.CancellationToken)).Should().BeTrue();
        grain.ReportsTaken[^1].PartsTakenBy.Should().Be(2);
    }

    [Fact]
    public async Task Each_session_of_the_process_says_its_own_last_word()
    {
        await using var bench = new AdmissionBench();
        Charge[] charges = [Charged(Key, 3), Charged(Key, 5) with { Session = "later" }, Charged("user:local/b", 7) with { Session = "later" }];

        (await Ended(bench).TryTakeAsync(new SessionTotals("earlier", "node", [.. charges]), TestContext.Current.CancellationToken)).Should().BeTrue();

        bench.Subject(Key).ReportsTaken.Select(report => (report.Session, report.IsFinal, report.Totals.Single().Used)).Should().BeEquivalentTo([("earlier", true, 3L), ("later", true, 5L)]);
        bench.Subject("user:local/b").ReportsTaken.Should().ContainSingle(report => report.Session == "later" && report.IsFinal);
    }

    [Fact]
    public async Task A_request_is_charged_under_the_session_that_it_was_granted_under()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, $$"""{"{{Window}}":1000}""");
        var first = bench.Session.Id;
        using var before = await bench.AdmittedAsync();
        bench.Session.Replace();
        bench.Session.Renewed(bench.Time.GetTimestamp());
        using var after = await bench.AdmittedAsync();
        before.Settle(new ActualUse(1, 5, 20, 0));

        List<Charge> charges = [];
        before.AddCharges(charges);
        after.AddCharges(charges);

        charges.Select(charge => charge.Session).Should().Equal(first, bench.Session.Id);
    }

    private static EndedSessions Ended(AdmissionBench bench) => new(bench.Routing.Cluster.Grains, bench.Calls, bench.Time, NullLogger<EndedSessions>.Instance);

    private static Charge Charged(string subject, long amount) =>
        new() { Subject = subject, Epoch = 1, WindowId = Window, Period = amount, Amount = amount };
}
