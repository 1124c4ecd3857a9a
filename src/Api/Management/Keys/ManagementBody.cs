using System.Text;
using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary>The JSON body of a management call: at most 256 KiB, no property twice.</summary>
internal static class ManagementBody
{
    public const int MaxBytes = 256 * 1024;

    /// <summary>Exactly one of body and error is set.</summary>
    /// <param name="mayBeEmpty">Nothing is read as an object without fields.</param>
    public static async Task<BodyOutcome> ReadAsync(HttpContext context, bool mayBeEmpty = false)
    {
        var request = context.Request;
        if (request.ContentLength > MaxBytes)
        {
            return new BodyOutcome(null, default, TooLarge());
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        try
        {
            for (int read; (read = await request.Body.ReadAsync(chunk, context.RequestAborted)) > 0;)
            {
                if (buffer.Length + read > MaxBytes)
                {
                    return new BodyOutcome(null, default, TooLarge());
                }

                await buffer.WriteAsync(chunk.AsMemory(0, read), context.RequestAborted);
            }

            if (mayBeEmpty && buffer.Length == 0)
            {
                buffer.Write("{}"u8);
            }

            var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
            if (!UnreadableBody.HasOnlyText(bytes.Span))
            {
                return new BodyOutcome(null, default, GatewayErrors.BadRequest("A text in the body is not well-formed Unicode."));
            }

            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            return new BodyOutcome(document.RootElement.Clone(), KeyHash.Of(Encoding.UTF8.GetString(bytes.Span)), null);
        }
        catch (IOException failure) when (UnreadableBody.IsFault(failure, context.RequestAborted))
        {
            return new BodyOutcome(null, default, RequestErrors.FromServer(StatusCodes.Status400BadRequest));
        }
        catch (JsonException)
        {
            return new BodyOutcome(null, default, GatewayErrors.BadRequest("The body is not valid JSON, or names a property twice."));
        }
    }

    private static GatewayError TooLarge() =>
        new(StatusCodes.Status413PayloadTooLarge, GatewayErrors.InvalidRequest, "request_too_large", $"The body is larger than {MaxBytes} bytes.");
}

/// <param name="Body">The parsed body.</param>
/// <param name="Hash">SHA-256 of its text.</param>
internal sealed record BodyOutcome(JsonElement? Body, KeyHash Hash, GatewayError? Error);
