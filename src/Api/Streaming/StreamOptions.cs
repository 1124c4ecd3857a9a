namespace Gateway.Api.Streaming;

/// <summary>Settings under <c>Gateway:Stream</c>.</summary>
public sealed class StreamOptions
{
    public const string Section = "Gateway:Stream";

    /// <summary>Seconds without a byte to the caller before a keep-alive comment is sent; 0 sends none. Default 15.</summary>
    public double KeepAliveSeconds { get; set; } = 15;
}
