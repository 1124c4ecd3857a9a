namespace Gateway.Api.Streaming;

/// <summary>True if an upstream's error may be shown to the caller.</summary>
/// <param name="error">The event's data, usually JSON.</param>
public delegate bool UpstreamErrorCheck(ReadOnlySpan<byte> error);
