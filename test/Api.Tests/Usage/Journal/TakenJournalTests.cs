using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Testing;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>Journals that are longer than what their session was closed with.</summary>
public sealed class TakenJournalTests
{
    private readonly Random _random = new(1);

    // A shipper that turns in a circle must not hold up the test run.
    private readonly CancellationToken _bound = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task A_process_that_lives_on_after_a_copy_of_its_journal_was_taken_in_ships_the_rest_once_and_leaves_nothing()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        rig.Run(journal, 20, _random);
        await shipper.ShipAsync(pace: null, _bound);
        rig.Run(journal, 20, _random);
        var underWay = rig.Begin(journal, _random)!.Value;
        await rig.AdoptCopyAsync(journal, _bound);

        journal.Complete(underWay.Ticket, Samples.Outcome(_random));
        rig.Run(journal, 20, _random);
        await shipper.ShipAsync(pace: null, _bound);
        await rig.MustHoldAllAsync();
        rig.Run(journal, 20, _random);
        journal.Close();
        await shipper.CloseAsync(_bound);

        await rig.MustHoldAllAsync();
        shipper.TimesTaken.Should().Be(1);
    }

    [Fact]
    public async Task A_process_that_has_nothing_to_ship_finds_out_too()
    {
        await using var rig = await JournalRig.CreateAsync();
        var time = new FakeTimeProvider();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal, time);
        rig.Run(journal, 5, _random);
        await shipper.ShipAsync(pace: null, _bound);
        await rig.AdoptCopyAsync(journal, _bound);

        time.Advance(TimeSpan.FromSeconds(6));
        await shipper.ShipAsync(pace: null, _bound);

        shipper.TimesTaken.Should().Be(1);
        rig.Run(journal, 5, _random);
        time.Advance(TimeSpan.FromSeconds(6));
        await shipper.ShipAsync(pace: null, _bound);
        rig.Run(journal, 5, _random);
        journal.Close();
        await shipper.CloseAsync(_bound);
        await rig.MustHoldAllAsync();
        shipper.TimesTaken.Should().Be(1);
    }

    [Fact]
    public async Task A_journal_that_is_found_after_its_snapshots_counts_once_with_all_that_they_lacked()
    {
        await using var rig = await JournalRig.CreateAsync();
        using (var journal = rig.Open())
        {
            for (var i = 0; i < 3; i++)
            {
                rig.Run(journal, 30, _random);
                var underWay = rig.Begin(journal, _random)!.Value;
                await rig.AdoptCopyAsync(journal, _bound);
                journal.Complete(underWay.Ticket, Samples.Outcome(_random));
            }

            rig.Run(journal, 30, _random);
            rig.Begin(journal, _random).Should().NotBeNull();
            rig.Copy(journal, "second");
        }

        (await rig.Adopter.AdoptAsync(rig.Folder, _bound)).Should().Be(new Adoption { Sessions = 1, Records = 31 });
        (await rig.Adopter.AdoptAsync(rig.PathOf("second"), _bound)).Should().Be(new Adoption { Sessions = 1 });

        await rig.MustHoldAllAsync();
        rig.Sessions().Should().BeEmpty();
    }

    [Fact]
    public async Task A_copy_that_lacks_what_was_shipped_since_takes_no_request_for_interrupted_that_is_recorded()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        rig.Run(journal, 5, _random);
        var underWay = rig.Begin(journal, _random)!.Value;
        rig.Copy(journal, "old");
        rig.Complete(journal, underWay, _random);
        rig.Run(journal, 5, _random);
        await shipper.ShipAsync(pace: null, _bound);

        await rig.Adopter.AdoptAsync(rig.PathOf("old"), _bound);
        rig.Run(journal, 5, _random);
        await shipper.ShipAsync(pace: null, _bound);

        await rig.MustHoldAllAsync();
    }

    [Fact]
    public async Task A_journal_whose_end_a_power_cut_took_after_it_was_shipped_is_taken_in()
    {
        await using var rig = await JournalRig.CreateAsync();
        var journal = rig.Open();
        var underWay = rig.Begin(journal, _random)!.Value;
        var length = JournalPlace.OffsetOf(journal.End);
        rig.Complete(journal, underWay, _random);
        using (var shipper = rig.ShipperOf(journal))
        {
            await shipper.ShipAsync(pace: null, _bound);
        }

        journal.Dispose();
        await using (var file = File.OpenWrite(SessionFolder.SegmentPath(journal.Folder, 1)))
        {
            file.SetLength(length);
        }

        (await rig.Adopter.AdoptAsync(rig.Folder, _bound)).Should().Be(new Adoption { Sessions = 1 });

        await rig.MustHoldAllAsync();
    }

    [Fact]
    public async Task The_last_word_on_the_rest_is_said_for_the_session_of_the_journal()
    {
        await using var rig = await JournalRig.CreateAsync();
        using (var journal = rig.Open())
        {
            rig.Run(journal, 1, _random);
            await rig.AdoptCopyAsync(journal, _bound);
            rig.Run(journal, 1, _random);
        }

        await rig.Adopter.AdoptAsync(rig.Folder, _bound);
        var sink = new Sink();
        await new SessionSettlement(rig.Ledger, [sink], TimeProvider.System).SettleAsync(_bound);

        sink.Sessions.Should().Equal("s1", "s1");
    }

    private sealed class Sink : ISessionTotalsSink
    {
        public List<string> Sessions { get; } = [];

        public Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken)
        {
            Sessions.Add(totals.Session);
            return Task.FromResult(true);
        }
    }
}
