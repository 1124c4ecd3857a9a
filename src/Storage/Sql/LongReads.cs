using System.Diagnostics.CodeAnalysis;

namespace Gateway.Storage.Sql;

/// <summary>Places for work that reads much. There are fewer than connections: sessions, leases and claims are never kept from theirs.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose handle nobody asks for holds nothing to dispose.")]
internal sealed class LongReads(int places)
{
    private readonly SemaphoreSlim _places = new(places);

    /// <summary>In the order of arrival.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        finally
        {
            _places.Release();
        }
    }
}
