using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>Finds the records for whose sake the database refuses a batch, by halving it. Nothing that is tried stays.</summary>
internal sealed class BatchTrial(GatewayDatabase database, LedgerWriter writer)
{
    private readonly List<UsageRecord> _accepted = [];
    private readonly List<RefusedRecord> _refused = [];

    public static async Task<IReadOnlyList<RefusedRecord>> FindAsync(GatewayDatabase database, LedgerWriter writer, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken)
    {
        var trial = new BatchTrial(database, writer);
        await trial.TakeAsync([.. records], cancellationToken);
        return trial._refused;
    }

    private async Task TakeAsync(UsageRecord[] records, CancellationToken cancellationToken)
    {
        var refusal = await TryAsync([.. _accepted, .. records], cancellationToken);
        switch (records)
        {
            case var _ when refusal is null:
                _accepted.AddRange(records);
                break;
            case [var record]:
                _refused.Add(new RefusedRecord(record, refusal.Message));
                break;
            default:
                await TakeAsync(records[..(records.Length / 2)], cancellationToken);
                await TakeAsync(records[(records.Length / 2)..], cancellationToken);
                break;
        }
    }

    private async Task<StorageStatementException?> TryAsync(UsageRecord[] records, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync<StorageStatementException?>(
                async (transaction, token) =>
                {
                    var sums = UsageSums.Over(records);
                    await writer.InsertAsync(transaction, records, token);
                    await writer.AddAsync(transaction, SumTable.Hours, sums.Hours, token);
                    await writer.AddAsync(transaction, SumTable.Days, sums.Days, token);
                    throw new AcceptedException();
                },
                UsageLedger.Patience,
                cancellationToken);
        }
        catch (AcceptedException)
        {
            return null;
        }
        catch (StorageStatementException refusal) when (refusal.IsOfValue)
        {
            return refusal;
        }
    }

    /// <summary>Undoes the transaction.</summary>
    private sealed class AcceptedException : Exception;
}
