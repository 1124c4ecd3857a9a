using System.Data.Common;
using Gateway.Storage.Sql;
using Gateway.Storage.Tests;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>A database beside which something happens at every write.</summary>
internal sealed class BusyDatabase(GatewayDatabase inner) : WrappedDatabase(inner, TimeSpan.FromSeconds(30), TimeProvider.System)
{
    /// <summary>Before each write.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    protected override async Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await Meanwhile();
        return await base.RunWriteAsync(work, cancellationToken);
    }
}
