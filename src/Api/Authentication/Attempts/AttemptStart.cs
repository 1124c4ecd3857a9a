namespace Gateway.Api.Authentication.Attempts;

/// <param name="Permit">Null: refused.</param>
/// <param name="RetryAfter">When refused: how long until the next token.</param>
internal readonly record struct AttemptStart(AttemptBucket? Permit, TimeSpan RetryAfter);
