using System.Globalization;
using System.Text;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>The bound that a body sets on the length of each answer, and how to set one.</summary>
/// <remarks>
/// Chat takes <c>max_completion_tokens</c> and its older name <c>max_tokens</c>; which of them counts where both are given is up to the
/// upstream. A number below 1 means "no bound" to some upstreams and is taken for that.
/// </remarks>
public static class OutputCap
{
    /// <summary>In tokens of one answer; null: none, or no output at all. Of two the larger.</summary>
    public static long? Of(PeekedRequest request, Operation operation)
    {
        var (first, second) = Fields(request, operation);
        return first?.Value < 1 || second?.Value < 1 ? null
            : first?.Value is { } one && second?.Value is { } other ? Math.Max(one, other)
            : first?.Value ?? second?.Value;
    }

    /// <summary>The edits after which no answer is longer than <paramref name="cap"/>, in the order of the body.</summary>
    /// <remarks>
    /// 1. A bound of the body that is larger, or means "none", is replaced where it stands.
    /// 2. If then no bound is left, a <c>null</c> is replaced, else the field is added. To chat under the newer name: current models of
    ///    OpenAI and Azure refuse the older one.
    /// </remarks>
    /// <param name="cap">At least 1.</param>
    /// <param name="bodyStaysEmpty">Nothing else is added to a body without fields.</param>
    public static BodyEdit[] Edits(PeekedRequest request, Operation operation, long cap, bool bodyStaysEmpty)
    {
        if (operation is Operation.Embeddings)
        {
            return [];
        }

        var (first, second) = Fields(request, operation);
        var number = Encoding.UTF8.GetBytes(cap.ToString(CultureInfo.InvariantCulture));
        BodyEdit? one = Lower(first, cap, number), other = Lower(second, cap, number);
        if (one is null && other is null && first?.Value is null && second?.Value is null)
        {
            return (first ?? second) is { } nothing
                ? [new BodyEdit(nothing.Text, number)]
                : [new BodyEdit(new ByteRange(request.ContentStart, 0), Field(operation, number, request.IsEmpty && bodyStaysEmpty))];
        }

        return (one, other) switch
        {
            ({ } a, { } b) => a.Range.Start < b.Range.Start ? [a, b] : [b, a],
            ({ } a, null) => [a],
            (null, { } b) => [b],
            _ => [],
        };
    }

    private static (PeekedNumber? First, PeekedNumber? Second) Fields(PeekedRequest request, Operation operation) => operation switch
    {
        Operation.ChatCompletions => (request.MaxCompletionTokens, request.MaxTokens),
        Operation.Completions => (request.MaxTokens, null),
        Operation.Responses => (request.MaxOutputTokens, null),
        _ => (null, null),
    };

    private static BodyEdit? Lower(PeekedNumber? field, long cap, byte[] number) =>
        field is { Value: { } value } && (value > cap || value < 1) ? new BodyEdit(field.Value.Text, number) : null;

    private static byte[] Field(Operation operation, byte[] number, bool isOnly)
    {
        var name = operation switch
        {
            Operation.ChatCompletions => "\"max_completion_tokens\":"u8,
            Operation.Completions => "\"max_tokens\":"u8,
            _ => "\"max_output_tokens\":"u8,
        };
        return isOnly ? [.. name, .. number] : [.. name, .. number, (byte)','];
    }
}
