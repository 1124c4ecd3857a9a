using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Works out how the caller's body must differ at one upstream. Everything not edited stays byte for byte.</summary>
public static class BodyEdits
{
    private static readonly ReadOnlyMemory<byte> True = "true"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> IncludeUsage = "\"include_usage\":true"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> IncludeUsageThen = "\"include_usage\":true,"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> OptionsObject = "{\"include_usage\":true}"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> OptionsField = "\"stream_options\":{\"include_usage\":true}"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> OptionsFieldThen = "\"stream_options\":{\"include_usage\":true},"u8.ToArray();

    /// <summary>In the order of the body; none overlaps another.</summary>
    /// <param name="modelJson">JSON text of the model to send; null: as the body has it.</param>
    /// <param name="askForUsage">Make the upstream report usage in its stream.</param>
    public static BodyEdit[] Build(PeekedRequest request, byte[]? modelJson, bool askForUsage)
    {
        BodyEdit? model = modelJson is { } json ? SetModel(request, json) : null;
        BodyEdit? usage = askForUsage ? AskForUsage(request) : null;
        return (model, usage) switch
        {
            (null, null) => [],
            ({ } only, null) => [only],
            (null, { } only) => [only],
            ({ } first, { } second) when first.Range.Start <= second.Range.Start => [first, second],
            ({ } second, { } first) => [first, second],
        };
    }

    /// <inheritdoc cref="Build(PeekedRequest, byte[], bool)"/>
    /// <param name="outputCap">Longest answer in tokens; null: as the body has it.</param>
    public static BodyEdit[] Build(PeekedRequest request, byte[]? modelJson, bool askForUsage, Operation operation, long? outputCap)
    {
        var edits = Build(request, modelJson, askForUsage);
        if (outputCap is not { } cap)
        {
            return edits;
        }

        // Put first and sorted by a stable sort: what is added at the beginning of the body keeps its comma.
        var caps = OutputCap.Edits(request, operation, cap, bodyStaysEmpty: edits.Length == 0);
        return [.. caps.Concat(edits).OrderBy(edit => edit.Range.Start)];
    }

    /// <summary>JSON text of a model name.</summary>
    public static byte[] ModelJson(string model) => JsonSerializer.SerializeToUtf8Bytes(model);

    private static BodyEdit SetModel(PeekedRequest request, ReadOnlyMemory<byte> json)
    {
        if (!request.ModelText.IsEmpty)
        {
            return new BodyEdit(request.ModelText, json);
        }

        ReadOnlySpan<byte> end = request.IsEmpty ? ""u8 : ","u8;
        return new BodyEdit(new ByteRange(request.ContentStart, 0), (byte[])[.. "\"model\":"u8, .. json.Span, .. end]);
    }

    private static BodyEdit AskForUsage(PeekedRequest request)
    {
        if (!request.IncludeUsage.IsEmpty)
        {
            return new BodyEdit(request.IncludeUsage, True);
        }

        if (request.StreamOptionsIsObject)
        {
            return new BodyEdit(new ByteRange(request.StreamOptions.Start + 1, 0), request.StreamOptionsIsEmpty ? IncludeUsage : IncludeUsageThen);
        }

        return request.StreamOptions.IsEmpty
            ? new BodyEdit(new ByteRange(request.ContentStart, 0), request.IsEmpty ? OptionsField : OptionsFieldThen)
            : new BodyEdit(request.StreamOptions, OptionsObject);
    }
}
