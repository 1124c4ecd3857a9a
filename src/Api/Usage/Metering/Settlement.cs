using Gateway.Abstractions.Usage;
using Gateway.Api.Http;

namespace Gateway.Api.Usage.Metering;

/// <summary>Makes what an answer is charged with of what its provider said and of what was seen.</summary>
/// <remarks>
/// 1. Parts that cannot be inside of their whole (more cached than input, more reasoning than output) stand beside it and are added.
/// 2. A total that is larger than input and output counts output that neither names: some providers leave reasoning out of the output.
/// 3. Of input and output one may follow from the total and the other.
/// 4. What is still missing is estimated, and the whole is marked as an estimate.
/// </remarks>
internal static class Settlement
{
    /// <param name="estimatedInput">Tokens of the request by <see cref="TokenRule"/>.</param>
    /// <param name="estimatedOutput">Tokens of what was delivered.</param>
    public static TokenUsage Of(UsageCounts counts, Operation operation, long estimatedInput, long estimatedOutput)
    {
        var says = counts.SaySomething ? counts : default;
        var hasOutput = operation is not Operation.Embeddings;
        var caches = (says.CachedInput ?? 0) + (says.CacheWrite ?? 0);
        var input = says.Input;
        if (input is { } beside && (says.CachesStandBeside || caches > beside))
        {
            input = beside + caches;
        }

        var output = hasOutput ? says.Output : 0;
        input ??= says.Total is { } whole && output is { } known ? Math.Max(0, whole - known) : null;
        if (hasOutput && input is { } given && says.Total is { } total && total > given + (output ?? 0))
        {
            output = total - given;
        }
        else if (hasOutput && says.Reasoning > output)
        {
            output += says.Reasoning;
        }
        else if (output is null && input is not null && says.Total is not null)
        {
            output = 0;
        }

        var allInput = input ?? estimatedInput;
        var allOutput = output ?? estimatedOutput;
        return new TokenUsage
        {
            Input = allInput,
            CachedInput = Math.Min(says.CachedInput ?? 0, allInput),
            CacheWrite = Math.Min(says.CacheWrite ?? 0, allInput),
            AudioInput = Math.Min(says.AudioInput ?? 0, allInput),
            Output = allOutput,
            Reasoning = Math.Min(says.Reasoning ?? 0, allOutput),
            AudioOutput = Math.Min(says.AudioOutput ?? 0, allOutput),
            IsEstimated = input is null || output is null,
        };
    }
}
