using System.Data.Common;
using Gateway.Storage.Sql;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>Another database, of which something is different.</summary>
internal abstract class DatabaseAround(GatewayDatabase inner) : GatewayDatabase(TimeSpan.FromSeconds(30), TimeProvider.System)
{
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

    protected override Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => inner.WriteAsync(work, cancellationToken);
}
