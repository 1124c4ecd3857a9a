namespace Gateway.Testing.Fuzzing.Upstreams;

/// <summary>What an upstream sends for one request, and what of it a caller may be shown.</summary>
public sealed record UpstreamScript
{
    public required string Name { get; init; }

    /// <summary>Bytes on the wire, one write each.</summary>
    public required IReadOnlyList<byte[]> Writes { get; init; }

    public UpstreamEnding Ending { get; init; } = UpstreamEnding.KeepOpen;

    public required ScriptKind Kind { get; init; }

    /// <summary>0: none arrives.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The body without its framing, as far as it goes.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>The same without the usage chunk, which a caller is not shown who did not ask for it.</summary>
    public byte[]? PayloadWithoutUsage { get; init; }

    /// <summary>Nothing behind it may be shown; null: no bound.</summary>
    public int? LastShown { get; init; }
}

public enum ScriptKind
{
    /// <summary>The caller must get all of it.</summary>
    Whole,

    /// <summary>It breaks off: the caller gets a beginning that does not look whole, or an error.</summary>
    Cut,

    /// <summary>An error that is about the request: passed on, or worded anew.</summary>
    Rejects,

    /// <summary>A failure of the endpoint: another attempt, or an error.</summary>
    Fails,

    /// <summary>A failure after which the endpoint is left alone for a while.</summary>
    Cools,

    /// <summary>Whatever the gateway takes it for; what the caller is shown as whole must be all of it.</summary>
    Unknown,
}

public enum UpstreamEnding
{
    KeepOpen,
    Close,
    Reset,

    /// <summary>Nothing more is sent and the connection stays.</summary>
    Silence,
}
