using Dapper;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>A journal's folder and the database it goes to, and what must be in it.</summary>
internal sealed class JournalRig : IAsyncDisposable
{
    public const string Node = "node-1";

    private readonly TempFolder _folder = new();
    private readonly GatewayDatabase _database;
    private int _sessions;
    private int _copies;

    private JournalRig(Func<GatewayDatabase, GatewayDatabase>? around)
    {
        var sqlite = new SqliteDatabase(_folder.File("gateway.db"), TimeSpan.FromSeconds(30), TimeProvider.System);
        _database = sqlite;
        Ledger = new UsageLedger(around?.Invoke(sqlite) ?? sqlite, new SqliteLedgerWriter());
        Directory.CreateDirectory(Folder);
    }

    public string Folder => _folder.File("journal");

    public UsageLedger Ledger { get; }

    public JournalOptions Options { get; } = new() { SegmentBytes = 4096, MaxBytes = 1 << 20 };

    /// <summary>What the ledger must come to hold, by id.</summary>
    public Dictionary<Guid, UsageRecord> Expected { get; } = [];

    public JournalAdopter Adopter => AdopterOf("gateway");

    public JournalAdopter AdopterOf(string cluster) => new(Ledger, Microsoft.Extensions.Options.Options.Create(new ClusterOptions { Id = cluster }), TimeProvider.System);

    public static async Task<JournalRig> CreateAsync(Func<GatewayDatabase, GatewayDatabase>? around = null)
    {
        var rig = new JournalRig(around);
        await new StorageMigrator(rig._database, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>A new session, as at a start of the process.</summary>
    public UsageJournal Open() => UsageJournal.Open(Options, Folder, "s" + ++_sessions, Node);

    public SessionShipper ShipperOf(UsageJournal journal, TimeProvider? time = null) => new(journal.Folder, journal.Owner, journal, Ledger, time ?? TimeProvider.System);

    /// <summary>Begins, and expects an interruption until <see cref="Complete"/>.</summary>
    public (JournalTicket Ticket, UsageIntent Intent)? Begin(UsageJournal journal, Random random)
    {
        var intent = Samples.Intent(random);
        if (!journal.TryBegin(intent, out var ticket))
        {
            return null;
        }

        if (random.Next(4) == 0)
        {
            var again = intent with { Endpoint = "again", ReservedNanoUsd = random.Next(1000), EarlierAttempts = 1 };
            intent = journal.TryRenew(ticket, again) ? again : intent;
        }

        Expected[intent.Id] = Samples.Interrupted(intent, journal.Owner.Session, Node);
        return (ticket, intent);
    }

    public void Complete(UsageJournal journal, (JournalTicket Ticket, UsageIntent Intent) request, Random random)
    {
        var outcome = Samples.Outcome(random);
        journal.Complete(request.Ticket, outcome);
        Expected[request.Intent.Id] = Samples.Record(request.Intent, outcome, journal.Owner.Session, Node);
    }

    public void Run(UsageJournal journal, int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            Complete(journal, Begin(journal, random)!.Value, random);
        }
    }

    public UsageReader Reader() => new(_database);

    public async Task<IReadOnlyDictionary<Guid, UsageRecord>> RecordsAsync()
    {
        var reader = new UsageReader(_database);
        return (await reader.ListAsync(Samples.Time.AddYears(-1), Samples.Time.AddYears(1), null, [], 1_000_000, CancellationToken.None)).ToDictionary(record => record.Id);
    }

    public async Task<long> SumAsync() =>
        (await new UsageReader(_database).QueryAsync(new UsageQuery(Samples.Time.AddDays(-30), Samples.Time.AddDays(30)) { Limit = 1 }, CancellationToken.None)).Single().Totals.Requests;

    /// <summary>Completed and interrupted, each once, as they were, and added up once.</summary>
    public async Task MustHoldAllAsync()
    {
        (await RecordsAsync()).Should().BeEquivalentTo(Expected);
        (await SumAsync()).Should().Be(Expected.Count);
    }

    /// <summary>What somebody with access to the database could do.</summary>
    public Task ExecuteAsync(string sql) => _database.WriteAsync((transaction, _) => transaction.Connection!.ExecuteAsync(sql, transaction: transaction), CancellationToken.None);

    public string PathOf(string name) => _folder.File(name);

    /// <summary>What a snapshot of the volume has.</summary>
    public string Copy(UsageJournal journal, string place)
    {
        var copy = Path.Combine(PathOf(place), Path.GetFileName(journal.Folder));
        Directory.CreateDirectory(copy);
        foreach (var name in Directory.GetFiles(journal.Folder).Select(file => Path.GetFileName(file)))
        {
            if (name == "lock")
            {
                // Empty, and not to be opened while it is held.
                File.Create(Path.Combine(copy, name)).Dispose();
                continue;
            }

            File.Copy(Path.Combine(journal.Folder, name), Path.Combine(copy, name));
        }

        return copy;
    }

    /// <summary>As if the process had ended here, although it lives: what is under way counts as interrupted, for good.</summary>
    public async Task AdoptCopyAsync(UsageJournal journal, CancellationToken cancellationToken)
    {
        var copy = Copy(journal, "copy-" + ++_copies);
        while (Directory.Exists(copy))
        {
            try
            {
                await Adopter.AdoptAsync(copy, cancellationToken);
            }
            catch (StorageUnavailableException)
            {
                // Comes again.
            }
        }
    }

    public string[] Sessions() => Directory.GetDirectories(Folder, SessionFolder.Pattern);

    public ValueTask DisposeAsync()
    {
        (_database as IDisposable)?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
