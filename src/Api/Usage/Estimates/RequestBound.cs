using System.Runtime.InteropServices;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;

namespace Gateway.Api.Usage.Estimates;

/// <summary>What a request uses at most, in tokens.</summary>
/// <remarks>
/// Input: one token for each byte of the body, and <c>input_extra_tokens</c> for each part whose bytes say nothing about its tokens (media,
/// files, what the upstream keeps). In chat never more than the entry's <c>context_window</c>, which no input exceeds.
/// Output: the cap of the body, else the entry's <c>max_output_tokens</c>, for every answer: prompts × the larger of <c>n</c> and <c>best_of</c>.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RequestBound
{
    /// <summary>With fewer tokens an answer is not worth having: the request is refused instead of capped.</summary>
    public const long LeastUsefulOutput = 16;

    public required long InputTokens { get; init; }

    /// <summary>Answers that are generated; 0: the operation has no output.</summary>
    public required long Answers { get; init; }

    /// <summary>Of each answer, in tokens; null: nothing bounds it.</summary>
    public required long? OutputCap { get; init; }

    /// <summary><see cref="OutputCap"/> is the entry's: it holds once it is spliced into the body.</summary>
    public required bool CapIsToBeSpliced { get; init; }

    /// <summary>Of all answers together; null: nothing bounds it.</summary>
    public long? OutputTokens => Answers == 0 ? 0 : OutputCap is { } cap ? SaturatingProduct(cap, Answers) : null;

    public static RequestBound Of(PeekedRequest request, Operation operation, int bodyBytes, ManifestEntry entry)
    {
        var own = OwnCap(request, operation);
        return new RequestBound
        {
            InputTokens = Input(request, operation, bodyBytes, entry),
            Answers = operation is Operation.Embeddings ? 0
                : operation is Operation.Responses ? 1
                : SaturatingProduct(request.AnswersPerPrompt, request.Prompts),
            OutputCap = own ?? (operation is Operation.Embeddings ? null : entry.MaxOutputTokens),
            CapIsToBeSpliced = own is null && operation is not Operation.Embeddings && entry.MaxOutputTokens is not null,
        };
    }

    /// <summary>What covers both: for a request that may go to either of two entries.</summary>
    public static RequestBound Covering(RequestBound a, RequestBound b) => new()
    {
        InputTokens = Math.Max(a.InputTokens, b.InputTokens),
        Answers = Math.Max(a.Answers, b.Answers),
        OutputCap = a.OutputCap is { } one && b.OutputCap is { } other ? Math.Max(one, other) : null,
        CapIsToBeSpliced = a.CapIsToBeSpliced || b.CapIsToBeSpliced,
    };

    /// <summary>With a cap that is spliced in because no larger one can be paid.</summary>
    /// <param name="outputTokens">Of all answers together.</param>
    /// <returns>Null: too few for each answer.</returns>
    public RequestBound? CappedTo(long outputTokens)
    {
        if (OutputTokens <= outputTokens)
        {
            return this;
        }

        var cap = outputTokens / Answers;
        return cap < LeastUsefulOutput ? null : this with { OutputCap = cap, CapIsToBeSpliced = true };
    }

    private static long? OwnCap(PeekedRequest request, Operation operation) => Forwarding.Body.OutputCap.Of(request, operation);

    private static long Input(PeekedRequest request, Operation operation, int bodyBytes, ManifestEntry entry)
    {
        var input = bodyBytes + SaturatingProduct(request.References, entry.InputExtraTokens ?? 0);
        return operation is Operation.ChatCompletions && entry.ContextWindow is { } window ? Math.Min(input, window) : input;
    }

    private static long SaturatingProduct(long a, long b) => (long)Int128.Min((Int128)a * b, long.MaxValue);
}
