using Gateway.Storage.Audit;

namespace Gateway.Storage.Limits;

/// <summary>Limits in SQL. Every change takes the next version and writes its audit entry, with the body before, in the same transaction.</summary>
/// <remarks>All calls throw <see cref="StorageUnavailableException"/> when the database cannot be used.</remarks>
public interface ILimitStore
{
    /// <summary>Null: the row does not have the expected version.</summary>
    /// <summary>As an expected version: there must be limits, of whichever version.</summary>
    public const long SomeVersion = -1;

    /// <summary>A version for limits that are no rows: newer than every one that was given before, older than every one to come.</summary>
    Task<long> TakeVersionAsync(CancellationToken cancellationToken);

    /// <param name="expectedVersion">Null: whatever it is; 0: there must be no limits yet; <see cref="SomeVersion"/>: there must be some.</param>
    Task<LimitRecord?> PutAsync(LimitRecord record, long? expectedVersion, AuditEntry audit, CancellationToken cancellationToken);

    Task<LimitDeletion> DeleteAsync(string subject, long? expectedVersion, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>Null: no limits were ever set.</summary>
    Task<LimitRecord?> FindAsync(string subject, CancellationToken cancellationToken);

    /// <summary>In order of version, deleted ones included.</summary>
    Task<IReadOnlyList<LimitRecord>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken);

    /// <summary>A default issuer other than <paramref name="issuer"/> that limits were written under; null: there is none.</summary>
    Task<string?> FindOtherIssuerAsync(string issuer, CancellationToken cancellationToken);
}

/// <param name="Outcome">What happened.</param>
/// <param name="Version">Of the deletion.</param>
public sealed record LimitDeletion(LimitDeletionOutcome Outcome, long Version);

public enum LimitDeletionOutcome
{
    Deleted,
    NotFound,

    /// <summary>It does not have the expected version.</summary>
    Changed,
}
