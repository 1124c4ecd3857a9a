using System.Data.Common;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Tests;

/// <summary>A test's database, for tests that watch or delay what goes there.</summary>
internal abstract class WrappedDatabase(GatewayDatabase inner, TimeSpan callTimeout, TimeProvider time) : GatewayDatabase(callTimeout, time)
{
    public override string Dialect => inner.Dialect;

    public override string DisplayName => inner.DisplayName;

    internal override bool IsShared => inner.IsShared;

    internal override string? MigrationLock => inner.MigrationLock;

    internal override string? ClockQuery => inner.ClockQuery;

    internal override string TextsIn(string column) => inner.TextsIn(column);

    internal override string SumOf(string column) => inner.SumOf(column);

    internal override string IsAmong(string column, string array) => inner.IsAmong(column, array);

    internal override DatabaseFailure Classify(Exception exception) => inner.Classify(exception);

    internal override string Explain(Exception exception) => inner.Explain(exception);

    protected override Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => inner.ReadAsync(work, cancellationToken);

    protected override Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => inner.WriteAsync(work, cancellationToken);
}
