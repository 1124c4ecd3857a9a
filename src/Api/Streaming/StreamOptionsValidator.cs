using Microsoft.Extensions.Options;

namespace Gateway.Api.Streaming;

public sealed class StreamOptionsValidator : IValidateOptions<StreamOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamOptions options) =>
        options.KeepAliveSeconds is 0 or (>= 1 and <= 3600)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{StreamOptions.Section}:KeepAliveSeconds must be 0 (off) or 1 to 3600.");
}
