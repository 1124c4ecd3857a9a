using Gateway.Api.Http;
using Gateway.Api.Usage.Accounting;

namespace Gateway.Api.Streaming;

public sealed record StreamRelayOptions
{
    public required Operation Operation { get; init; }

    /// <summary>As many as the caller asked for.</summary>
    public long Choices { get; init; } = 1;

    /// <summary>The gateway asked for usage, the caller did not: its chunk is taken out again.</summary>
    public required bool HideUsageChunk { get; init; }

    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>Asked about an error that the upstream reports in the stream; false sends ours in its place. Null: all may pass.</summary>
    public UpstreamErrorCheck? MayPassError { get; init; }

    /// <summary>Sees all that passes, and is closed before the last of it goes to the caller. Null: nobody counts.</summary>
    internal RequestAccount? Account { get; init; }
}
