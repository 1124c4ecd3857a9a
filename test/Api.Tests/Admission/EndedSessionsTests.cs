using Gateway.Abstractions.Usage;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Usage.Journal.Shipping;

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
        var ended = new EndedSessions(bench.Routing.Cluster.Grains, bench.Calls, bench.Time);

        var isTaken = await ended.TryTakeAsync(new SessionTotals("earlier", "node", [Charged(Key, 3), Charged(Key, 4)]), TestContext.Current.CancellationToken);

        isTaken.Should().BeTrue();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject(Key).Used(Window).Should().Be(1 + 7);
        (await bench.TryServeAsync()).Should().BeTrue("who has ended stops nobody");
    }

    private static Charge Charged(string subject, long amount) =>
        new() { Subject = subject, Epoch = 1, WindowId = Window, Period = amount, Amount = amount };
}
