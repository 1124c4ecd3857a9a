namespace Gateway.Fuzz.Oracles;

/// <summary>Something that must never happen.</summary>
/// <param name="CaseId">Null: it cannot be laid to one case.</param>
internal sealed record Finding(string? CaseId, string What);
