using System.Data.Common;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>The statements that each database has its own fast form of.</summary>
public abstract class LedgerWriter
{
    /// <summary>Records that go in with one transaction. The more, the fewer sums are touched; the longer others wait who want to write.</summary>
    internal virtual int BatchSize => 4_000;

    /// <summary>Ids of records among <c>@Ids</c>.</summary>
    internal abstract string Known { get; }

    /// <summary>Makes room for records of these times, in a transaction of its own.</summary>
    internal virtual Task PrepareAsync(GatewayDatabase database, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes room for records of this month and the next.</summary>
    internal virtual Task PrepareAheadAsync(GatewayDatabase database, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Removes records from before <paramref name="limit"/>, a part of them at a time.</summary>
    /// <returns>False: there is more to remove.</returns>
    internal abstract Task<bool> RemoveRecordsAsync(GatewayDatabase database, DateTimeOffset limit, CancellationToken cancellationToken);

    internal abstract Task InsertAsync(DbTransaction transaction, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken);

    /// <summary>Adds to the sums that are there. They are in the order of their keys: rivals lock rows in one order.</summary>
    internal abstract Task AddAsync(DbTransaction transaction, SumTable table, IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken);
}
