using Gateway.Storage;
using Gateway.Storage.Audit;
using Gateway.Storage.Limits;

namespace Gateway.Api.Tests.Admission.Fakes;

/// <summary>Rows in memory, with versions as the database gives them.</summary>
public sealed class FakeLimitStore(TimeProvider time) : ILimitStore
{
    private readonly SortedDictionary<string, LimitRecord> _rows = new(StringComparer.Ordinal);
    private long _version;
    private int _reads;

    /// <summary>Also those that failed.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public bool IsDown { get; set; }

    public string Issuer { get; set; } = "local";

    public LimitRecord Set(string subject, string? body)
    {
        lock (_rows)
        {
            return _rows[subject] = new LimitRecord { Subject = subject, Body = body, Issuer = Issuer, ChangedBy = "key:test", Version = NextVersion() };
        }
    }

    public Task<long> TakeVersionAsync(CancellationToken cancellationToken) => Read(_ => NextVersion());

    public Task<LimitRecord?> PutAsync(LimitRecord record, long? expectedVersion, AuditEntry audit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LimitDeletion> DeleteAsync(string subject, long? expectedVersion, AuditEntry audit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LimitRecord?> FindAsync(string subject, CancellationToken cancellationToken) => Read(rows => rows.GetValueOrDefault(subject));

    public Task<IReadOnlyList<LimitRecord>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<LimitRecord>>(rows => [.. rows.Values.Where(row => row.Version > version).OrderBy(row => row.Version).Take(limit)]);

    public Task<string?> FindOtherIssuerAsync(string issuer, CancellationToken cancellationToken) =>
        Read(rows => rows.Values.FirstOrDefault(row => row.Body is not null && row.Issuer != issuer)?.Issuer);

    private long NextVersion() => _version = Math.Max(_version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());

    private Task<T> Read<T>(Func<SortedDictionary<string, LimitRecord>, T> read)
    {
        Interlocked.Increment(ref _reads);
        lock (_rows)
        {
            return IsDown ? Task.FromException<T>(new StorageUnavailableException()) : Task.FromResult(read(_rows));
        }
    }
}
