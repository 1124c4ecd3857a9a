using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.DataDirectories;
using Gateway.Silo.Hosting;
using Gateway.Silo.Settings;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Gateway.Storage.Sql.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Api.Startup;

/// <summary><c>adopt FOLDER</c>: takes in the journals that front-ends which do not come back left there. The next one that runs hands their totals to the limits.</summary>
public static class AdoptCommand
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(15);

    /// <returns>0: everything that no process holds is in the database.</returns>
    public static async Task<int> RunAsync(GatewaySettings settings, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var path = settings.Home.Resolve(folder);
        if (!Directory.Exists(path))
        {
            await output.WriteLineAsync($"adopt: there is no folder {path}.");
            return 1;
        }

        if (settings.Database is { } target)
        {
            using var postgres = new PostgresDatabase(target, CallTimeout, TimeProvider.System);
            return await AdoptAsync(postgres, new PostgresLedgerWriter(), path, output, cancellationToken);
        }

        // One process at a time: not while the gateway runs.
        using var data = DataDirectory.Open(settings.DataDirectory);
        using var sqlite = new SqliteDatabase(Path.Combine(settings.DataDirectory, SettingsServiceCollectionExtensions.DatabaseName), CallTimeout, TimeProvider.System);
        return await AdoptAsync(sqlite, new SqliteLedgerWriter(), path, output, cancellationToken);
    }

    private static async Task<int> AdoptAsync(GatewayDatabase database, LedgerWriter writer, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        await new StorageMigrator(database, NullLogger<StorageMigrator>.Instance).MigrateAsync(cancellationToken);
        var adoption = await new JournalAdopter(new UsageLedger(database, writer), TimeProvider.System).AdoptAsync(folder, cancellationToken);
        foreach (var failure in adoption.Failures)
        {
            await output.WriteLineAsync($"adopt: {failure}");
        }

        await output.WriteLineAsync(
            $"adopt: {adoption.Sessions} sessions taken in with {adoption.Records} records; {adoption.InUse} are in use and left alone; {adoption.Damages} places could not be read.");
        return adoption.InUse == 0 && adoption.Failures.IsEmpty ? 0 : 1;
    }
}
