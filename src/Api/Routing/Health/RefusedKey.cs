namespace Gateway.Api.Routing.Health;

/// <summary>A key that the provider refused this node.</summary>
/// <param name="Fingerprint">Null: the entry sends no key.</param>
/// <param name="RetryAt">When one request may try it again.</param>
public sealed record RefusedKey(string? Fingerprint, DateTimeOffset RetryAt);
