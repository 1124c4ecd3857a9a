namespace Gateway.Storage.Audit;

/// <summary>Append-only record of management actions.</summary>
public interface IAuditLog
{
    /// <summary>Throws <see cref="StorageUnavailableException"/> when it cannot be written; then the action must not be carried out.</summary>
    Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="beforeId">Only entries with a smaller id; null: from the newest.</param>
    Task<IReadOnlyList<AuditRecord>> ListAsync(long? beforeId, int limit, CancellationToken cancellationToken);
}

public static class AuditLogExtensions
{
    public static Task WriteAsync(this IAuditLog log, string actor, string action, string target, string? detail, CancellationToken cancellationToken) =>
        log.WriteAsync(new AuditEntry(actor, action, target) { After = detail }, cancellationToken);
}
