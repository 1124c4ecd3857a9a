using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Usage;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Metering;
using Gateway.Api.Usage.Pricing;
using Gateway.Silo.Settings.Subjects;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Tests.Usage.Journal;

public sealed class EntryTests
{
    private static readonly JournalOwner Owner = new("s1", "node-1");

    [Fact]
    public void What_is_written_is_read()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var (intent, outcome) = (Samples.Intent(random), Samples.Outcome(random));
            var (begun, ended) = (Intent(intent), Outcome(intent.Id, outcome));

            RecordBuilder.Completed(begun, ended, Owner).Should().BeEquivalentTo(Samples.Record(intent, outcome, "s1", "node-1"));
            RecordBuilder.Interrupted(begun, Owner).Should().BeEquivalentTo(Samples.Interrupted(intent, "s1", "node-1"));
            List<Charge> charges = [];
            RecordBuilder.ReadCharges(begun, IntentFields.Charge, charges);
            RecordBuilder.ReadCharges(ended, OutcomeFields.Charge, charges);
            charges.Should().Equal(intent.Charges.AddRange(outcome.Charges));
        }
    }

    [Fact]
    public void A_charge_names_its_session_where_that_is_not_the_journals()
    {
        Charge[] charges = [Samples.Charge("user:local/a", 1) with { Session = "s1" }, Samples.Charge("user:local/a", 2) with { Session = "s2" }, Samples.Charge("user:local/a", 3)];
        List<Charge> read = [];

        RecordBuilder.ReadCharges(Intent(Samples.Intent(new Random(1)) with { Charges = [.. charges] }), IntentFields.Charge, read);
        RecordBuilder.ReadCharges(Outcome(Guid.CreateVersion7(), Samples.Outcome(new Random(1)) with { Charges = [.. charges] }), OutcomeFields.Charge, read);

        Charge[] expected = [charges[0] with { Session = null }, charges[1], charges[2]];
        read.Should().Equal([.. expected, .. expected]);
    }

    [Fact]
    public void Fields_of_a_newer_version_are_skipped()
    {
        var random = new Random(2);
        var (intent, outcome) = (Samples.Intent(random), Samples.Outcome(random));
        var buffer = EntryBuffer.Start();
        buffer.Number(50, 7);
        buffer.Text(51, "added later");
        var newer = UsageEntries.Write(buffer, intent, Owner.Session)[Frame.HeaderLength..].ToArray();

        RecordBuilder.Completed(newer, Outcome(intent.Id, outcome), Owner).Should().BeEquivalentTo(Samples.Record(intent, outcome, "s1", "node-1"));
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_and_loses_what_databases_do_not_store()
    {
        var intent = Samples.Intent(new Random(3)) with { EndUser = "a\0b" + new string('é', 5000), Model = "\ud800" };

        var record = RecordBuilder.Interrupted(Intent(intent), Owner);

        record.EndUser.Should().Be("a b" + new string('é', UsageJournal.MaxTextLength - 3));
        record.Model.Should().Be("\ufffd");
    }

    [Fact]
    public void The_longest_names_that_are_accepted_are_kept_whole()
    {
        var group = new string('g', SubjectGrammar.MaxAliasLength) + "/" + new string(':', SubjectGrammar.MaxIdLength);
        var user = new string('u', SubjectGrammar.MaxAliasLength) + "/" + new string('\u8a9e', SubjectGrammar.MaxIdLength);
        var charge = Samples.Charge(MemberKey.Of(group, user), 1);
        var intent = Samples.Intent(new Random(3)) with { User = SubjectNames.User + user, Groups = [group, user], Project = user, Charges = [charge, charge] };
        List<Charge> charges = [];

        var record = RecordBuilder.Interrupted(Intent(intent), Owner);
        RecordBuilder.ReadCharges(Intent(intent), IntentFields.Charge, charges);
        RecordBuilder.ReadCharges(Outcome(intent.Id, Samples.Outcome(new Random(3)) with { Charges = [charge] }), OutcomeFields.Charge, charges);

        (record.User, record.Project).Should().Be((intent.User, user));
        record.Groups.Should().Equal(group, user);
        charges.Should().Equal(charge, charge, charge);
    }

    [Fact]
    public void An_outcome_whose_intent_cannot_be_read_keeps_what_it_tells()
    {
        var random = new Random(4);
        var outcome = Samples.Outcome(random);
        var id = Guid.CreateVersion7();

        var record = RecordBuilder.Completed(default, Outcome(id, outcome), Owner);

        record.Should().BeEquivalentTo(new { Id = id, Model = "unknown", outcome.Status, outcome.CostNanoUsd, User = (string?)null });
    }

    [Theory]
    [InlineData(long.MaxValue, UsageCounts.Largest, CostCalculator.Largest)]
    [InlineData(long.MinValue, 0, 0)]
    public void What_an_older_version_wrote_beyond_any_count_is_read_as_the_largest(long written, long tokens, long cost)
    {
        var usage = new TokenUsage { Input = written, CachedInput = written, CacheWrite = written, Output = written, Reasoning = written, AudioInput = written, AudioOutput = written };
        var intent = Samples.Intent(new Random(6)) with { Reserved = usage, ReservedNanoUsd = written };
        var outcome = Samples.Outcome(new Random(6)) with { Usage = usage, CostNanoUsd = written, Attempts = [new UsageAttempt { Endpoint = "e", Usage = usage, CostNanoUsd = written }] };
        var expected = new TokenUsage { Input = tokens, CachedInput = tokens, CacheWrite = tokens, Output = tokens, Reasoning = tokens, AudioInput = tokens, AudioOutput = tokens };

        var interrupted = RecordBuilder.Interrupted(Intent(intent), Owner);
        var completed = RecordBuilder.Completed(Intent(intent), Outcome(intent.Id, outcome), Owner);

        (interrupted.Usage with { IsEstimated = false }, interrupted.CostNanoUsd).Should().Be((expected, cost));
        (completed.Usage with { IsEstimated = false }, completed.CostNanoUsd).Should().Be((expected, cost));
        (completed.Attempts[0].Usage, completed.Attempts[0].CostNanoUsd).Should().Be((expected, cost));
    }

    [Fact]
    public void A_frame_is_intact_as_it_was_sealed_and_at_its_own_place_only()
    {
        var frame = UsageEntries.Write(EntryBuffer.Start(), Samples.Intent(new Random(5)), Owner.Session).ToArray();
        Frame.Seal(frame, Frame.SumOfContent(frame), slot: 3, number: 9, position: 1234);

        Frame.IsIntact(frame, 1234).Should().BeTrue();
        (Frame.SlotOf(frame), Frame.NumberOf(frame), Frame.KindOf(frame)).Should().Be((3, 9L, EntryKind.Intent));
        Frame.IsIntact(frame, 1235).Should().BeFalse();
        for (var i = 4; i < frame.Length; i++)
        {
            frame[i] ^= 0x10;
            Frame.IsIntact(frame, 1234).Should().BeFalse($"byte {i} was changed");
            frame[i] ^= 0x10;
        }
    }

    private static byte[] Intent(UsageIntent intent) => UsageEntries.Write(EntryBuffer.Start(), intent, Owner.Session)[Frame.HeaderLength..].ToArray();

    private static byte[] Outcome(Guid id, UsageOutcome outcome) => UsageEntries.Write(EntryBuffer.Start(), id, outcome, Owner.Session)[Frame.HeaderLength..].ToArray();
}
