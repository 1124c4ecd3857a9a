using System.Globalization;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Clock;
using Gateway.Storage.Sql.Postgres;

namespace Gateway.Silo.Checking;

/// <summary>Asks the configured database for its time: whether it can be reached, lets us in, and agrees with this machine's clock.</summary>
public static class DatabaseCheck
{
    private const string Setting = "DATABASE_URL";

    // A person waits; a slow network is not yet a mistake.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <returns>Null: SQLite is used, which has nothing to reach.</returns>
    public static async Task<CheckLine?> RunAsync(GatewaySettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.Database is not { } target)
        {
            return null;
        }

        using var database = new PostgresDatabase(target, Bound, time);
        try
        {
            var reading = await new DatabaseClock(database).ReadAsync(cancellationToken);
            var offset = reading.Offset.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
            return reading.IsTooFarOff
                ? new CheckLine(CheckVerdict.Wrong, Setting, $"{target.DisplayName} answers, but its clock is {offset} ms off this machine's; set both by NTP")
                : new CheckLine(CheckVerdict.Ok, Setting, $"{target.DisplayName} answers");
        }
        catch (Exception exception) when (exception is StorageUnavailableException or StorageStatementException)
        {
            return new CheckLine(CheckVerdict.Wrong, Setting, char.ToLowerInvariant(exception.Message[0]) + exception.Message[1..].TrimEnd('.'));
        }
    }
}
