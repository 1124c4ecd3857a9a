using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Usage.Journal;

internal sealed class JournalOptionsValidator : IValidateOptions<JournalOptions>
{
    private const int LeastSegment = 4096;

    // One is written to, one is read, one waits for the last of its outcomes.
    private const int LeastSegments = 4;

    public ValidateOptionsResult Validate(string? name, JournalOptions options) =>
        options.SegmentBytes >= LeastSegment && options.MaxBytes >= LeastSegments * (long)options.SegmentBytes && options.FlushInterval > TimeSpan.Zero
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Gateway:Journal:MaxMegabytes must have room for several files, and Gateway:Journal:FlushMilliseconds must be positive.");
}
