using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Storage.Ledger;
using Gateway.Testing;

namespace Gateway.Api.Tests.Usage.Journal;

public sealed class JournalAdopterTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private const UnixFileMode ForAll = (UnixFileMode)0b111_111_111;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_was_at_its_second_attempt_counts_with_what_that_one_holds(bool firstIsCarriedBehindIt)
    {
        await using var rig = await JournalRig.CreateAsync();
        var first = Samples.Intent(_random) with { Endpoint = "a", Charges = [Samples.Charge("account:A", 1)] };
        var second = first with { Endpoint = "b", PriceVersion = "of b", ReservedNanoUsd = 77, EarlierAttempts = 1, Charges = [Samples.Charge("account:A", 1), Samples.Charge("account:B", 5)] };
        using (var journal = rig.Open())
        {
            journal.TryBegin(first, out var ticket).Should().BeTrue();
            var copy = ReadFirst(journal);
            journal.TryRenew(ticket, second).Should().BeTrue();
            journal.OpenCount.Should().Be(1);
            if (firstIsCarriedBehindIt)
            {
                journal.TryCarry(copy).Should().BeTrue();
            }
        }

        await rig.Adopter.AdoptAsync(rig.Folder, None);

        (await rig.RecordsAsync()).Values.Should().ContainSingle().Which.Should().BeEquivalentTo(Samples.Interrupted(second, "s1", JournalRig.Node));
        var sink = new Sink { Takes = true };
        await Settlement(rig, sink).SettleAsync(None);
        sink.Taken.Should().ContainSingle().Which.Charges.Should().BeEquivalentTo(second.Charges);
    }

    [Fact]
    public async Task A_request_is_renewed_only_while_its_outcome_is_awaited_and_there_is_room()
    {
        await using var rig = await JournalRig.CreateAsync();
        using var journal = rig.Open();
        var intent = Samples.Intent(_random);
        journal.TryBegin(intent, out var done).Should().BeTrue();
        journal.Complete(done, Samples.Outcome(_random));
        journal.TryBegin(intent, out var open).Should().BeTrue();

        journal.TryRenew(done, intent with { EarlierAttempts = 1 }).Should().BeFalse();
        journal.TryRenew(open, intent with { EarlierAttempts = 1 }).Should().BeTrue();
        journal.ReportOthers(rig.Options.MaxBytes);
        journal.TryRenew(open, intent with { EarlierAttempts = 2 }).Should().BeFalse("it is full");
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

        await Settlement(rig, sink).SettleAsync(None);
        sink.Taken.Should().BeEmpty("it was not taken, so it comes again");
        sink.Takes = true;
        await Settlement(rig, sink).SettleAsync(None);
        await Settlement(rig, sink).SettleAsync(None);

        var totals = sink.Taken.Should().ContainSingle().Which;
        (totals.Session, totals.Node).Should().Be((journal.Owner.Session, JournalRig.Node));
        totals.Charges.Should().BeEquivalentTo([Samples.Charge("user:local/a", (40 * 3) + 1000), Samples.Charge("key:k", 40)]);
    }

    [Fact]
    public async Task Each_session_that_the_process_had_is_told_apart()
    {
        await using var rig = await JournalRig.CreateAsync();
        var journal = rig.Open();
        using (var shipper = rig.ShipperOf(journal))
        {
            for (var i = 0; i < 40; i++)
            {
                var session = i < 30 ? journal.Owner.Session : "later";
                journal.TryBegin(Samples.Intent(_random) with { Charges = [] }, out var ticket).Should().BeTrue();
                journal.Complete(ticket, Samples.Outcome(_random) with { Charges = [Samples.Charge("user:local/a", 1) with { Session = session }] });
                await shipper.ShipAsync(pace: null, None);
            }

            SessionFolder.Segments(journal.Folder).Should().NotContain(1);
        }

        journal.TryBegin(Samples.Intent(_random) with { Charges = [Samples.Charge("user:local/a", 1000) with { Session = "later" }] }, out _).Should().BeTrue();
        journal.Dispose();
        await rig.Adopter.AdoptAsync(rig.Folder, None);
        var sink = new Sink { Takes = true };

        await Settlement(rig, sink).SettleAsync(None);

        sink.Taken.Single().Charges.Should().BeEquivalentTo([Samples.Charge("user:local/a", 30), Samples.Charge("user:local/a", 1010) with { Session = "later" }]);
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

            await Settlement(rig, sink).SettleAsync(None);

            sink.Taken.Single().Charges.Should().BeEquivalentTo(charges[1..]);
        }

        static Charge Minute(long period) => new() { Subject = "user:local/a", Epoch = 1, WindowId = "requests_per_minute", Period = period, Amount = 1 };
    }

    [Theory]
    [InlineData("rpm", 1)]
    [InlineData("tpm", 1)]
    [InlineData("budget/usd/rolling_1h", 4)]
    [InlineData("budget/tokens/rolling_24h", 50)]
    [InlineData("tokens_per_day", 49)]
    [InlineData("budget/usd/week", 9 * 24 + 1)]
    [InlineData("budget/usd/month", 33 * 24 + 1)]
    public async Task Windows_of_any_kind_that_are_over_are_left_out_of_the_totals_also_of_those_written_before(string window, int hours)
    {
        await using var rig = await JournalRig.CreateAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Charge[] charges = [Of(now - (hours * 3_600_000L)), Of(now - 1_000), Of(now - (hours * 3_600_000L)) with { WindowId = "of_a_later_version" }, Of(1) with { WindowId = "budget/usd/rolling_2000000000h" }];
        using (var journal = rig.Open())
        {
            journal.TryBegin(Samples.Intent(_random) with { Charges = [] }, out var ticket).Should().BeTrue();
            journal.Complete(ticket, Samples.Outcome(_random) with { Charges = [.. charges] });
        }

        await rig.Adopter.AdoptAsync(rig.Folder, None);
        await rig.Ledger.OpenAsync("earlier", "node", None);
        await rig.Ledger.AppendAsync(new JournalStep("earlier", 0, 1) { Totals = JsonSerializer.Serialize(charges) }, [], None);
        var sink = new Sink { Takes = true };

        await Settlement(rig, sink).SettleAsync(None);

        sink.Taken.Should().HaveCount(2).And.AllSatisfy(totals => totals.Charges.Should().BeEquivalentTo(charges[1..]));

        Charge Of(long period) => new() { Subject = "account:a", Epoch = 1, WindowId = window, Period = period, Amount = 1 };
    }

    [Fact]
    public void A_living_session_keeps_no_sums_of_slots_that_are_over()
    {
        var time = new FakeTimeProvider();
        var sums = new ChargeSums(time);
        for (var second = 0; second < 50_000; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            sums.Add([new Charge { Subject = "account:a", Epoch = 1, WindowId = "rpm", Period = time.GetUtcNow().ToUnixTimeMilliseconds(), Amount = 1 }]);
            sums.Count.Should().BeLessThan(3_000);
        }
    }

    [Fact]
    public async Task Sessions_whose_totals_nobody_takes_hold_up_no_others()
    {
        await using var rig = await JournalRig.CreateAsync();
        for (var i = 0; i < 30; i++)
        {
            await rig.Ledger.OpenAsync("s" + i, "node", None);
            await rig.Ledger.AppendAsync(new JournalStep("s" + i, 0, 1) { Totals = JsonSerializer.Serialize<Charge[]>([Samples.Charge("user:local/a", i)]) }, [], None);
        }

        var sink = new Sink { Takes = true, Refuses = totals => int.Parse(totals.Session[1..], CultureInfo.InvariantCulture) < 25 };
        await Settlement(rig, sink).SettleAsync(None);
        await Settlement(rig, sink).SettleAsync(None);

        sink.Taken.Select(totals => totals.Session).Should().BeEquivalentTo("s25", "s26", "s27", "s28", "s29");
        (await rig.Ledger.ListUnsettledAsync(100, None)).Should().HaveCount(25, "the others are tried again");
    }

    [Fact]
    public async Task A_session_that_ended_before_its_first_entry_is_removed_and_one_that_cannot_be_read_is_left()
    {
        await using var rig = await JournalRig.CreateAsync();
        var (empty, unreadable) = (Path.Combine(rig.Folder, "session-empty"), Path.Combine(rig.Folder, "session-unreadable"));
        await WriteAsync(empty, "lock", 0);
        await WriteAsync(empty, "totals.json.new", 5);
        await WriteAsync(unreadable, "lock", 0);
        await WriteAsync(unreadable, "00000001.seg", 10_000);

        var adoption = await rig.Adopter.AdoptAsync(rig.Folder, None);

        adoption.Failures.Should().ContainSingle().Which.Should().StartWith(unreadable + ": ");
        (adoption with { Failures = [] }).Should().Be(new Adoption());
        rig.Sessions().Should().Equal(unreadable);
    }

    [Fact]
    public async Task A_session_that_cannot_be_taken_in_is_named_and_holds_up_no_other()
    {
        await using var rig = await JournalRig.CreateAsync();
        string[] bad = [Path.Combine(rig.Folder, "session-a-totals"), Path.Combine(rig.Folder, "session-b-lock"), Path.Combine(rig.Folder, "session-c-copy")];
        var journal = rig.Open();
        rig.Run(journal, 3, _random);
        journal.Dispose();
        foreach (var folder in bad)
        {
            await WriteAsync(folder, "totals.json", 5);
            File.Copy(SessionFolder.SegmentPath(journal.Folder, 1), SessionFolder.SegmentPath(folder, 1));
        }

        await WriteAsync(bad[0], "lock", 0);
        using var unopenable = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        unopenable.Bind(new UnixDomainSocketEndPoint(Path.Combine(bad[1], "lock")));

        var adoption = await rig.Adopter.AdoptAsync(rig.Folder, None);

        (adoption with { Failures = [] }).Should().Be(new Adoption { Sessions = 1, Records = 3 });
        adoption.Failures.Should().SatisfyRespectively([.. bad.Select(path => (Action<string>)(failure => failure.Should().StartWith(path + ": ")))]);
        rig.Sessions().Should().BeEquivalentTo(bad);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_cannot_be_entered_is_named_and_holds_up_no_journal_beside_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Another user is impersonated.");
        await using var rig = await JournalRig.CreateAsync();
        var closed = Directory.CreateDirectory(rig.PathOf("closed"), UnixFileMode.None).FullName;
        Directory.CreateDirectory(rig.PathOf("lost+found"), UnixFileMode.None);
        File.SetUnixFileMode(rig.PathOf(""), ForAll);
        Directory.CreateDirectory(rig.PathOf("open"), ForAll);
        File.SetUnixFileMode(rig.PathOf("open"), ForAll);
        using (var journal = rig.Open())
        {
            rig.Run(journal, 3, _random);
        }

        var left = rig.PathOf("open/session-s1");
        Directory.Move(rig.Sessions().Single(), left);
        File.SetUnixFileMode(left, ForAll);
        File.SetUnixFileMode(Path.Combine(left, "lock"), ForAll);

        var (all, one) = AnotherUser.Runs(() => (rig.Adopter.AdoptAsync(rig.PathOf(""), None), rig.Adopter.AdoptAsync(closed, None)));

        (await all).Failures.Should().ContainSingle().Which.Should().StartWith(closed + ": ");
        (await all).Sessions.Should().Be(1);
        (await one).Failures.Should().ContainSingle().Which.Should().StartWith(closed + ": ");
        (await rig.Adopter.AdoptAsync(rig.PathOf("nowhere"), None)).Should().Be(new Adoption());
        AnotherUser.Runs(() => SessionFolder.VisibleBytesIn(closed)).Should().Be(0, "what nobody can count holds up nothing");
    }

    [Fact]
    public async Task Journals_of_another_cluster_are_left_alone_and_named_and_those_of_an_earlier_version_are_not()
    {
        await using var rig = await JournalRig.CreateAsync();
        var session = 0;
        foreach (var cluster in (string[])["staging", "", "production", "stag\ning"])
        {
            using var journal = UsageJournal.Open(rig.Options, rig.Folder, "s" + ++session, JournalRig.Node, cluster);
            rig.Run(journal, 3, _random);
        }

        var adoption = await rig.AdopterOf("production").AdoptAsync(rig.Folder, None);

        (adoption with { Failures = [] }).Should().Be(new Adoption { Sessions = 2, Records = 6 });
        adoption.Failures.Should().HaveCount(2).And.OnlyContain(failure => failure.Contains("'staging'") && failure.Contains("'production'") && failure.Contains("CLUSTER_ID"));
        rig.Sessions().Should().BeEquivalentTo(SessionFolder.PathOf(rig.Folder, "s1"), SessionFolder.PathOf(rig.Folder, "s4"));
        (await rig.AdopterOf("staging").AdoptAsync(rig.Folder, None)).Records.Should().Be(3);
    }

    [Fact]
    public async Task A_journal_that_the_ledger_refuses_holds_up_no_other()
    {
        await using var rig = await JournalRig.CreateAsync();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var journal = rig.Open();
            rig.Run(journal, 3, _random);
        }

        await rig.ExecuteAsync("CREATE TRIGGER refuses BEFORE INSERT ON usage_records WHEN NEW.session = 's1' BEGIN SELECT abs(-9223372036854775807 - 1); END");

        var adoption = await rig.Adopter.AdoptAsync(rig.Folder, None);

        (adoption with { Failures = [] }).Should().Be(new Adoption { Sessions = 1, Records = 3 });
        adoption.Failures.Should().ContainSingle().Which.Should().StartWith(rig.Sessions().Single() + ": ").And.Contain("overflow");
    }

    [Theory]
    [InlineData("")]
    [InlineData("thesis.txt 3")]
    [InlineData("00000001.seg 0", "totals.json 2")]
    [InlineData("lock 0", "thesis.txt 3")]
    [InlineData("lock 0", "chapters/one.txt 3")]
    [InlineData("lock 0", "1.seg 3")]
    [InlineData("lock 0", "00000000.seg 3")]
    [InlineData("lock 0", "0000000x.seg 3")]
    [InlineData("lock 0", "00000001.seg/one.txt 3")]
    [InlineData("lock 3")]
    public async Task A_folder_that_is_no_journal_is_left_alone_whatever_its_name(params string[] files)
    {
        await using var rig = await JournalRig.CreateAsync();
        var folder = Directory.CreateDirectory(rig.PathOf("home/alice/session-notes")).FullName;
        foreach (var file in files.Where(file => file.Length > 0).Select(file => file.Split(' ')))
        {
            await WriteAsync(folder, file[0], int.Parse(file[1], CultureInfo.InvariantCulture));
        }

        var before = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories);

        (await rig.Adopter.AdoptAsync(rig.PathOf("home"), None)).Sessions.Should().Be(0);
        (await rig.Adopter.AdoptAsync(folder, None)).Sessions.Should().Be(0);

        Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Should().Equal(before);
    }

    private static async Task WriteAsync(string folder, string name, int length)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, new byte[length], None);
    }

    private static SessionSettlement Settlement(JournalRig rig, Sink sink) => new(rig.Ledger, [sink], TimeProvider.System);

    private static byte[] ReadFirst(UsageJournal journal)
    {
        using var reader = new JournalReader(journal.Folder);
        reader.TryOpenAfter(0).Should().BeTrue();
        while (reader.TryRead(journal.End, out var frame))
        {
            if (Frame.KindOf(frame) == EntryKind.Intent)
            {
                return frame.ToArray();
            }
        }

        throw new InvalidOperationException("There is no intent.");
    }

    private sealed class Sink : ISessionTotalsSink
    {
        public bool Takes { get; set; }

        public Predicate<SessionTotals> Refuses { get; init; } = _ => false;

        public List<SessionTotals> Taken { get; } = [];

        public Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken)
        {
            var takes = Takes && !Refuses(totals);
            if (takes)
            {
                Taken.Add(totals);
            }

            return Task.FromResult(takes);
        }
    }
}
