namespace Gateway.Silo.Settings;

/// <summary>What clients may keep waiting or hold open.</summary>
public sealed class ClientLimits
{
    /// <summary><c>Gateway:Http:MaxConnections</c>: further ones are closed at once. Zero: no bound. Default 20,000.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary><c>Gateway:Http:HeadersTimeoutSeconds</c>: from the first byte of a request to the end of its headers. Default 15 s.</summary>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// <c>Gateway:Http:KeepAliveSeconds</c>: how long a connection may be idle. Default 130 s, longer than the 60 to 120 s after which load
    /// balancers drop idle connections: whoever closes last meets no reset.
    /// </summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary><c>Gateway:Http:MinRequestBytesPerSecond</c>, of a body once 5 s are over. Zero: no bound. Default 240.</summary>
    public int MinRequestRate { get; set; } = 240;

    /// <summary>
    /// <c>Gateway:Http:MinResponseBytesPerSecond</c>: how fast a client must take what is written to it, 5 s in any case. Zero: no bound.
    /// Default 240.
    /// </summary>
    public int MinResponseRate { get; set; } = 240;

    /// <summary><c>Gateway:Http:MaxStreamsPerConnection</c>: requests at a time on one HTTP/2 connection. Default 100.</summary>
    public int MaxStreams { get; set; } = 100;
}
