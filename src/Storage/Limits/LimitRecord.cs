namespace Gateway.Storage.Limits;

/// <summary>Limits of one subject as they are stored.</summary>
public sealed record LimitRecord
{
    /// <summary>Qualified: <c>user:&lt;alias&gt;/&lt;id&gt;</c>, <c>group:…</c>, <c>project:…</c>, <c>key:&lt;id&gt;</c>, <c>default:user</c> or <c>default:group-member:&lt;alias&gt;/&lt;id&gt;</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>JSON as <see cref="LimitDocumentWriter"/> writes it; null: deleted.</summary>
    public string? Body { get; init; }

    /// <summary>The limits hold from then on; null: from the beginning.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>The limits hold until then, not included; null: for good.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>Default issuer when it was written.</summary>
    public required string Issuer { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Subject of who changed it.</summary>
    public required string ChangedBy { get; init; }

    /// <summary>Rises over all limits with every change; the store sets it.</summary>
    public long Version { get; init; }
}
