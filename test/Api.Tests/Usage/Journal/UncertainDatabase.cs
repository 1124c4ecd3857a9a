using System.Data.Common;
using Gateway.Storage;
using Gateway.Storage.Sql;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>A database whose writes fail at random, some before and some after they were committed, which their caller cannot tell.</summary>
internal sealed class UncertainDatabase(GatewayDatabase inner, Random random) : GatewayDatabase(TimeSpan.FromSeconds(30), TimeProvider.System)
{
    private readonly Lock _gate = new();

    public override string Dialect => inner.Dialect;

    public override string DisplayName => inner.DisplayName;

    internal override bool IsShared => inner.IsShared;

    internal override string? MigrationLock => inner.MigrationLock;

    internal override string? ClockQuery => inner.ClockQuery;

    internal override string TextsIn(string column) => inner.TextsIn(column);

    internal override string SumOf(string column) => inner.SumOf(column);

    internal override DatabaseFailure Classify(Exception exception) => inner.Classify(exception);

    internal override string Explain(Exception exception) => inner.Explain(exception);

    protected override Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => inner.ReadAsync(work, cancellationToken);

    protected override async Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var fate = Next();
        if (fate == 0)
        {
            throw new StorageUnavailableException("before");
        }

        var result = await inner.WriteAsync(work, cancellationToken);
        return fate == 1 ? throw new StorageUnavailableException("after") : result;
    }

    private int Next()
    {
        lock (_gate)
        {
            return random.Next(6);
        }
    }
}
