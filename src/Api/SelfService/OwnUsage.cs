using System.Collections.Concurrent;
using Gateway.Api.Authentication;
using Gateway.Storage;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.SelfService;

/// <summary>What a caller has used: as its user, or, without one, by its key. UTC days and months. Who asks while the same is being asked shares the answer.</summary>
internal sealed class OwnUsage(UsageReader reader, TimeProvider time)
{
    private readonly ConcurrentDictionary<UsageFilter, Lazy<Task<OwnUsageJson?>>> _asked = [];

    /// <summary>Null: nobody to count for, or the database is away.</summary>
    public async Task<OwnUsageJson?> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        if ((caller.User is not null ? new UsageFilter(UsageDimension.User, caller.User) : caller.Key is not null ? new UsageFilter(UsageDimension.Key, caller.Key) : null) is not { } filter)
        {
            return null;
        }

        // Others may wait for it as well, whatever becomes of who asked first; the reader has a bound of its own.
        return await _asked.GetOrAdd(filter, _ => new Lazy<Task<OwnUsageJson?>>(() => AskAsync(filter))).Value.WaitAsync(cancellationToken);
    }

    private async Task<OwnUsageJson?> AskAsync(UsageFilter filter)
    {
        try
        {
            return await ReadAsync(filter);
        }
        finally
        {
            _asked.TryRemove(filter, out _);
        }
    }

    private async Task<OwnUsageJson?> ReadAsync(UsageFilter filter)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var tomorrow = new DateTimeOffset(now.Date.AddDays(1), TimeSpan.Zero);
        try
        {
            var rows = await reader.QueryAsync(
                new UsageQuery(new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero), tomorrow) { GroupBy = [UsageDimension.Day], Filters = [filter], Limit = 31 }, CancellationToken.None);
            var today = tomorrow.AddDays(-1).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
            return new OwnUsageJson(Sum(rows.Where(row => row.Keys[0] == today)), Sum(rows));
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    private static UsageSumJson Sum(IEnumerable<UsageRow> rows)
    {
        var sum = rows.Aggregate(new UsageTotals(), (total, row) => total + row.Totals);
        return new UsageSumJson(sum.Requests, sum.InputTokens, sum.OutputTokens, sum.CachedTokens, Management.Usage.Usd.Of(sum.CostNanoUsd));
    }
}

public sealed record OwnUsageJson(UsageSumJson Today, UsageSumJson Month);

/// <param name="CostUsd">Exact to 10⁻⁹.</param>
public sealed record UsageSumJson(long Requests, long InputTokens, long OutputTokens, long CachedTokens, decimal CostUsd);
