using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Clock;

/// <summary>
/// Compares this machine's clock with the database's, the one clock that all silos share: windows of limits open and close by it.
/// </summary>
/// <remarks>
/// (1) Read our clock, (2) ask the database for its own, (3) read ours again. The answer was made somewhere in between, so the middle is
/// compared, and half of the time that passed is the most it can be wrong by.
/// </remarks>
public sealed class DatabaseClock(GatewayDatabase database)
{
    /// <exception cref="StorageUnavailableException">It cannot be told now.</exception>
    public async Task<ClockReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (database.ClockQuery is not { } query)
        {
            return new ClockReading(TimeSpan.Zero, TimeSpan.Zero);
        }

        return await database.ReadAsync(
            async (connection, token) =>
            {
                var time = database.Time;
                var asked = time.GetUtcNow();
                var started = time.GetTimestamp();
                var theirs = await connection.ExecuteScalarAsync<long>(new CommandDefinition(query, cancellationToken: token));
                var half = time.GetElapsedTime(started) / 2;
                return new ClockReading(DateTimeOffset.FromUnixTimeMilliseconds(theirs) - (asked + half), half);
            },
            cancellationToken);
    }
}

/// <param name="Offset">What must be added to this machine's time to have the database's.</param>
/// <param name="Uncertainty">Half of the round trip.</param>
public sealed record ClockReading(TimeSpan Offset, TimeSpan Uncertainty)
{
    /// <summary>Beyond this a silo grants nothing: its windows would not be those of the others.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    /// <summary>Certain: a slow answer alone never makes it true.</summary>
    public bool IsTooFarOff => Offset.Duration() - Uncertainty > Tolerance;
}
