using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Api.Errors;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Reads what routing needs from a request body, without building a document of it.</summary>
/// <remarks>
/// Only routing fields are judged; everything else is the upstream's business and reaches it byte for byte. A routing
/// field that another reader could take from a second place or another spelling is refused, since then the gateway would
/// authorize one model and the upstream might run another.
/// </remarks>
public static class RequestPeek
{
    /// <summary>Deepest nesting that is accepted.</summary>
    public const int MaxDepth = 256;

    /// <summary>Longest model name, in UTF-8 bytes of its JSON text.</summary>
    public const int MaxModelLength = 512;

    /// <summary>Largest <c>n</c> and <c>best_of</c>: many times what any provider makes of one prompt.</summary>
    public const int MaxAnswers = 1_024;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <param name="modelInPath">The path names the model: the body need not.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> body,
        Operation operation,
        bool modelInPath,
        [NotNullWhen(true)] out PeekedRequest? request,
        [NotNullWhen(false)] out GatewayError? error)
    {
        request = null;
        if (body.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) || !Utf8.IsValid(body))
        {
            error = RequestErrors.NotUtf8();
            return false;
        }

        try
        {
            var peek = new PeekReader(new Utf8JsonReader(body, ReaderOptions), operation);
            error = peek.Read(modelInPath);
            request = error is null ? peek.Request : null;
            return error is null;
        }
        catch (JsonException invalid)
        {
            error = RequestErrors.InvalidJson(invalid.LineNumber, invalid.BytePositionInLine);
            return false;
        }
    }
}
