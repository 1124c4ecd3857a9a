using Microsoft.Extensions.Options;

namespace Gateway.Api.Streaming;

/// <summary>Settings under <c>Gateway:Stream</c>.</summary>
public sealed class StreamOptions
{
    public const string Section = "Gateway:Stream";

    /// <summary>Seconds without a byte to the caller before a keep-alive comment is sent; 0 sends none. Default 15.</summary>
    public double KeepAliveSeconds { get; set; } = 15;
}

public sealed class StreamOptionsValidator : IValidateOptions<StreamOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamOptions options) =>
        options.KeepAliveSeconds is 0 or (>= 1 and <= 3600)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{StreamOptions.Section}:KeepAliveSeconds must be 0 (off) or 1 to 3600.");
}
