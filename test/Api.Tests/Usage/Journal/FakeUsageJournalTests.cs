using Gateway.Api.Usage.Journal;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>The double keeps the promises of the real one that callers rely on.</summary>
public sealed class FakeUsageJournalTests
{
    [Fact]
    public async Task Double_and_journal_agree()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var real = rig.Open();
        var random = new Random(1);
        var fake = new FakeUsageJournal();
        foreach (var journal in (IUsageJournal[])[real, fake])
        {
            journal.Complete(default, Samples.Outcome(random));
            journal.TryBegin(Samples.Intent(random), out var open).Should().BeTrue();
            journal.TryBegin(Samples.Intent(random), out var ended).Should().BeTrue();
            ended.Should().NotBe(open);
            journal.Complete(ended, Samples.Outcome(random));
            journal.Complete(ended, Samples.Outcome(random));
        }

        (fake.Open.Count, fake.Completed.Count, real.OpenCount).Should().Be((1, 1, 1));
        fake.Refuses = true;
        fake.TryBegin(Samples.Intent(random), out var none).Should().BeFalse();
        none.Should().Be(default(JournalTicket));
    }
}
