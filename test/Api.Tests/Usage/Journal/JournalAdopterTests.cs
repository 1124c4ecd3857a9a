using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Api.Usage.Journal.Shipping;

namespace Gateway.Api.Tests.Usage.Journal;

public sealed class JournalAdopterTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Random _random = new(1);

    [Fact]
    public async Task Ten_thousand_records_that_a_node_left_are_taken_in_by_another_and_their_files_go()
    {
        await using var rig = await JournalRig.CreateAsync();
        rig.Options.MaxBytes = 1 << 30;
        rig.Options.SegmentBytes = 1 << 20;
        using (var journal = rig.Open())
        {
            rig.Run(journal, 10_000, _random);
            rig.Begin(journal, _random).Should().NotBeNull();
        }

        var adoption = await rig.Adopter.AdoptAsync(Path.GetDirectoryName(rig.Folder)!, None);

        adoption.Should().Be(new Adoption { Sessions = 1, Records = 10_001 });
        (await rig.SumAsync()).Should().Be(10_001);
        rig.Sessions().Should().BeEmpty();
        (await rig.Adopter.AdoptAsync(rig.Folder, None)).Should().Be(new Adoption());
    }

    [Fact]
    public async Task The_last_word_to_the_limits_is_what_was_used_and_what_open_requests_had_reserved()
    {
        await using var rig = await JournalRig.CreateAsync();
        var journal = rig.Open();
        using (var shipper = rig.ShipperOf(journal))
        {
            // Through several files: sums of those that are gone are kept.
            for (var i = 0; i < 40; i++)
            {
                journal.TryBegin(Samples.Intent(_random) with { Charges = [Samples.Charge("user:local/a", 100)] }, out var ticket).Should().BeTrue();
                journal.Complete(ticket, Samples.Outcome(_random) with { Charges = [Samples.Charge("user:local/a", 3), Samples.Charge("key:k", 1)] });
                await shipper.ShipAsync(pace: null, None);
            }

            SessionFolder.Segments(journal.Folder).Should().NotContain(1);
        }

        journal.TryBegin(Samples.Intent(_random) with { Charges = [Samples.Charge("user:local/a", 1000)] }, out _).Should().BeTrue();
        journal.Dispose();
        await rig.Adopter.AdoptAsync(rig.Folder, None);
        var sink = new Sink();

        await new SessionSettlement(rig.Ledger, [sink]).SettleAsync(None);
        sink.Taken.Should().BeEmpty("it was not taken, so it comes again");
        sink.Takes = true;
        await new SessionSettlement(rig.Ledger, [sink]).SettleAsync(None);
        await new SessionSettlement(rig.Ledger, [sink]).SettleAsync(None);

        var totals = sink.Taken.Should().ContainSingle().Which;
        (totals.Session, totals.Node).Should().Be((journal.Owner.Session, JournalRig.Node));
        totals.Charges.Should().BeEquivalentTo([Samples.Charge("user:local/a", (40 * 3) + 1000), Samples.Charge("key:k", 40)]);
    }

    [Fact]
    public async Task Minutes_that_are_long_over_are_left_out_of_the_totals()
    {
        await using var rig = await JournalRig.CreateAsync();
        using (var journal = rig.Open())
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            Charge[] charges = [Minute(now - 3_600_000), Minute(now), Samples.Charge("user:local/a", 1)];
            journal.TryBegin(Samples.Intent(_random) with { Charges = [] }, out var ticket).Should().BeTrue();
            journal.Complete(ticket, Samples.Outcome(_random) with { Charges = [.. charges] });
            journal.Dispose();
            await rig.Adopter.AdoptAsync(rig.Folder, None);
            var sink = new Sink { Takes = true };

            await new SessionSettlement(rig.Ledger, [sink]).SettleAsync(None);

            sink.Taken.Single().Charges.Should().BeEquivalentTo(charges[1..]);
        }

        static Charge Minute(long period) => new() { Subject = "user:local/a", Epoch = 1, WindowId = "requests_per_minute", Period = period, Amount = 1 };
    }

    [Fact]
    public async Task A_session_that_ended_before_its_first_entry_is_removed_and_one_that_cannot_be_read_is_left()
    {
        await using var rig = await JournalRig.CreateAsync();
        Directory.CreateDirectory(Path.Combine(rig.Folder, "session-empty"));
        var unreadable = Path.Combine(rig.Folder, "session-unreadable");
        Directory.CreateDirectory(unreadable);
        await File.WriteAllBytesAsync(SessionFolder.SegmentPath(unreadable, 1), new byte[10_000]);

        var adoption = await rig.Adopter.AdoptAsync(rig.Folder, None);

        adoption.Should().Be(new Adoption { Damages = 1 });
        rig.Sessions().Should().Equal(unreadable);
    }

    private sealed class Sink : ISessionTotalsSink
    {
        public bool Takes { get; set; }

        public List<SessionTotals> Taken { get; } = [];

        public Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken)
        {
            if (Takes)
            {
                Taken.Add(totals);
            }

            return Task.FromResult(Takes);
        }
    }
}
