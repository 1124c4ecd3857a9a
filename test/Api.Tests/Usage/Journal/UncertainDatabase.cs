using System.Data.Common;
using Gateway.Storage;
using Gateway.Storage.Sql;
using Gateway.Storage.Tests;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>A database whose writes fail at random, some before and some after they were committed, which their caller cannot tell.</summary>
internal sealed class UncertainDatabase(GatewayDatabase inner, Random random) : WrappedDatabase(inner, TimeSpan.FromSeconds(30), TimeProvider.System)
{
    private readonly Lock _gate = new();

    protected override async Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var fate = Next();
        if (fate == 0)
        {
            throw new StorageUnavailableException("before");
        }

        var result = await base.RunWriteAsync(work, cancellationToken);
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
