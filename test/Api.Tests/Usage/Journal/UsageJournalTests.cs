using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Testing;

namespace Gateway.Api.Tests.Usage.Journal;

public sealed class UsageJournalTests
{
    private readonly Random _random = new(1);

    [Fact]
    public async Task A_full_journal_refuses_what_is_new_and_never_an_outcome_and_opens_when_the_ledger_has_it()
    {
        await using var rig = await JournalRig.CreateAsync();
        rig.Options.MaxBytes = 64 << 10;
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        List<(JournalTicket, UsageIntent)> open = [];
        while (rig.Begin(journal, _random) is { } request)
        {
            open.Add(request);
        }

        journal.State.Should().Be(JournalState.Full);
        journal.Fill.Should().BeGreaterThan(0.9);
        open.ForEach(request => rig.Complete(journal, request, _random));
        while (rig.Begin(journal, _random) is { } request)
        {
            rig.Complete(journal, request, _random);
        }

        await shipper.ShipAsync(pace: null, CancellationToken.None);
        await shipper.ShipAsync(pace: null, CancellationToken.None);

        journal.State.Should().Be(JournalState.Writing);
        rig.Run(journal, 5, _random);
        journal.Close();
        await shipper.CloseAsync(CancellationToken.None);
        await rig.MustHoldAllAsync();
        new DirectoryInfo(journal.Folder).GetFiles("*.seg").Sum(file => file.Length).Should().BeLessThan(rig.Options.MaxBytes);
    }

    [Fact]
    public async Task A_long_request_does_not_keep_the_files_of_others()
    {
        await using var rig = await JournalRig.CreateAsync();
        rig.Options.MaxBytes = 64 << 10;
        var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        var slow = rig.Begin(journal, _random)!.Value;
        var forgotten = rig.Begin(journal, _random)!.Value;

        for (var i = 0; i < 100; i++)
        {
            rig.Run(journal, 20, _random);
            await shipper.ShipAsync(pace: null, CancellationToken.None);
            journal.Maintain().Should().BeNull();
        }

        SessionFolder.Segments(journal.Folder).Length.Should().BeLessThan(10);
        rig.Complete(journal, slow, _random);
        forgotten.Intent.Id.Should().NotBe(slow.Intent.Id);

        // The process dies: nobody ships the outcome of the slow one, and the other never had one.
        journal.Dispose();
        await rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None);
        await rig.MustHoldAllAsync();
    }

    [Fact]
    public async Task A_second_completion_and_one_without_a_ticket_do_nothing()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        var request = rig.Begin(journal, _random)!.Value;
        rig.Complete(journal, request, _random);

        journal.Complete(request.Ticket, Samples.Outcome(_random));
        journal.Complete(default, Samples.Outcome(_random));

        await shipper.ShipAsync(pace: null, CancellationToken.None);
        await rig.MustHoldAllAsync();
        journal.OpenCount.Should().Be(0);
    }

    [Fact]
    public async Task A_disk_that_refuses_stops_what_is_new_and_outcomes_wait_until_it_takes_them()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        var running = rig.Begin(journal, _random)!.Value;
        var aside = journal.Folder + "-aside";

        // A new file is needed soon, and cannot be made.
        Directory.Move(journal.Folder, aside);
        while (rig.Begin(journal, _random) is { } request)
        {
            rig.Complete(journal, request, _random);
        }

        journal.State.Should().Be(JournalState.Failed);
        rig.Complete(journal, running, _random);
        journal.Maintain().Should().BeOfType<DirectoryNotFoundException>();
        Directory.Move(aside, journal.Folder);
        journal.Maintain().Should().BeNull();

        journal.State.Should().Be(JournalState.Writing);
        rig.Run(journal, 3, _random);
        await shipper.ShipAsync(pace: null, CancellationToken.None);
        await rig.MustHoldAllAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public async Task A_disk_that_the_journal_has_filled_is_free_again_once_the_ledger_has_its_records(int segmentKibibytes)
    {
        using var disk = new SmallDisk(kibibytes: 400);
        await using var rig = await JournalRig.CreateAsync();
        rig.Options.SegmentBytes = segmentKibibytes << 10;
        using var journal = UsageJournal.Open(rig.Options, disk.Path, "s", JournalRig.Node);
        using var shipper = rig.ShipperOf(journal);
        var slow = rig.Begin(journal, _random)!.Value;
        while (rig.Begin(journal, _random) is { } request)
        {
            rig.Complete(journal, request, _random);
        }

        journal.State.Should().Be(JournalState.Failed);
        rig.Complete(journal, slow, _random);
        disk.Fill();
        for (var turn = 0; turn < 5; turn++)
        {
            await shipper.ShipAsync(pace: null, CancellationToken.None);
            journal.Maintain();
        }

        journal.State.Should().Be(JournalState.Writing);
        rig.Run(journal, 3, _random);
        await shipper.ShipAsync(pace: null, CancellationToken.None);
        await rig.MustHoldAllAsync();
    }

    [Fact]
    public async Task Outcomes_that_the_disk_never_took_go_into_the_ledger_when_the_process_stops_in_order()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        var running = rig.Begin(journal, _random)!.Value;
        rig.Begin(journal, _random);
        var aside = journal.Folder + "-aside";
        Directory.Move(journal.Folder, aside);
        while (rig.Begin(journal, _random) is { } request)
        {
            rig.Complete(journal, request, _random);
        }

        rig.Complete(journal, running, _random);
        journal.Close();
        Directory.Move(aside, journal.Folder);
        await shipper.CloseAsync(CancellationToken.None);

        await rig.MustHoldAllAsync();
    }

    [Fact]
    public async Task A_file_goes_when_the_copies_of_its_open_intents_are_on_the_disk_for_good()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        rig.Begin(journal, _random);
        var first = SessionFolder.SegmentPath(journal.Folder, 1);
        while (!File.Exists(SessionFolder.SegmentPath(journal.Folder, 3)))
        {
            rig.Run(journal, 1, _random);
        }

        await ShipAsync();
        File.Exists(first).Should().BeTrue("a power cut now would take the copy");

        journal.Maintain().Should().BeNull();
        await ShipAsync();
        File.Exists(first).Should().BeFalse();

        async Task ShipAsync()
        {
            for (var turn = 0; turn < 3; turn++)
            {
                await shipper.ShipAsync(pace: null, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task A_request_whose_entry_could_not_be_read_again_is_refused()
    {
        await using var rig = await JournalRig.CreateAsync();
        rig.Options.MaxBytes = 1 << 30;
        var journal = rig.Open();
        var charge = Samples.Charge(new string('s', 1500), 1);
        journal.TryBegin(Samples.Intent(_random) with { Charges = [.. Enumerable.Repeat(charge, 2000)] }, out _).Should().BeFalse();
        var large = Samples.Intent(_random) with { Charges = [.. Enumerable.Repeat(charge, 300)] };

        journal.TryBegin(large, out var ticket).Should().BeTrue();
        journal.Complete(ticket, Samples.Outcome(_random) with { Charges = large.Charges });
        journal.Dispose();

        (await rig.Adopter.AdoptAsync(rig.Folder, CancellationToken.None)).Should().Be(new Adoption { Sessions = 1, Records = 1 });
        (await rig.RecordsAsync()).Values.Single().IsInterrupted.Should().BeFalse();
    }

    [Fact]
    public async Task Many_threads_write_at_once_and_nothing_is_lost()
    {
        await using var rig = await JournalRig.CreateAsync();
        rig.Options.MaxBytes = 1 << 30;
        using var journal = rig.Open();
        using var shipper = rig.ShipperOf(journal);
        using var stop = new CancellationTokenSource();
        var shipping = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await shipper.ShipAsync(pace: null, CancellationToken.None);
                journal.Maintain();
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 500; i++)
            {
                journal.TryBegin(Samples.Intent(random), out var ticket).Should().BeTrue();
                journal.Complete(ticket, Samples.Outcome(random));
            }
        })));
        await stop.CancelAsync();
        await shipping;
        await shipper.ShipAsync(pace: null, CancellationToken.None);

        var records = await rig.RecordsAsync();
        records.Should().HaveCount(2000);
        records.Values.Should().OnlyContain(record => !record.IsInterrupted);
    }

    [Fact]
    public async Task After_its_end_nothing_begins()
    {
        await using var rig = await JournalRig.CreateAsync();
        var journal = rig.Open();
        journal.Dispose();

        journal.TryBegin(Samples.Intent(_random), out _).Should().BeFalse();
        journal.State.Should().Be(JournalState.Closed);
    }
}
