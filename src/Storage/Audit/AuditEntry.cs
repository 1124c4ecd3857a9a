namespace Gateway.Storage.Audit;

/// <summary>One management action, as its author states it. Never holds a secret.</summary>
/// <param name="Actor">Subject of the caller (<c>user:…</c>, <c>key:…</c>) including <c>key:bootstrap-admin</c>, or <c>gateway</c> for what the process does by itself.</param>
/// <param name="Action">Dotted: <c>key.create</c>, <c>endpoint.override</c>.</param>
/// <param name="Target">What was acted on: <c>key:&lt;id&gt;</c>, <c>endpoint:&lt;id&gt;</c>.</param>
public sealed record AuditEntry(string Actor, string Action, string Target)
{
    /// <summary>JSON of the visible fields before the action.</summary>
    public string? Before { get; init; }

    /// <summary>JSON of the visible fields after the action.</summary>
    public string? After { get; init; }
}

/// <summary>An entry as it was written.</summary>
public sealed record AuditRecord(long Id, DateTimeOffset At, AuditEntry Entry);
