using System.Globalization;
using System.Text.Json;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Errors;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>What a caller is told in the stream itself when its answer cannot be completed.</summary>
public static class StreamErrors
{
    public static GatewayError For(UpstreamFailure failure, TimeSpan idleTimeout) => failure switch
    {
        UpstreamFailure.IdleTimeout => new GatewayError(
            StatusCodes.Status504GatewayTimeout,
            GatewayErrors.ServerError,
            "stream_idle_timeout",
            string.Create(CultureInfo.InvariantCulture, $"The endpoint of the model sent nothing for {idleTimeout.TotalSeconds:0.##} seconds; the answer is incomplete.")),
        UpstreamFailure.TotalTimeout => new GatewayError(
            StatusCodes.Status504GatewayTimeout,
            GatewayErrors.ServerError,
            "stream_total_timeout",
            "The answer took longer than a stream may take; it is incomplete."),
        _ => new GatewayError(
            StatusCodes.Status502BadGateway,
            GatewayErrors.ServerError,
            "stream_cut",
            "The endpoint of the model ended the stream before the answer was complete."),
    };

    /// <summary>The error as an event of the operation's API.</summary>
    public static byte[] ToEvent(GatewayError error, Operation operation) =>
        error.Provider is { } provider && ProviderErrorEvent.TryWrite(provider.Body.Span, operation) is { } theirs ? theirs
        : operation is Operation.Responses ? AsResponsesEvent(error)
        : [.. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(ErrorWriter.ToJson(error)), .. "\n\n"u8];

    private static byte[] AsResponsesEvent(GatewayError error)
    {
        // The API's own event is flat; the nested object beside it is what the Python and Node clients raise from.
        var body = ErrorWriter.ToJson(error);
        body["type"] = "error";
        body["code"] = error.Code;
        body["message"] = error.Message;
        body["param"] = error.Param;
        return [.. "event: error\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(body), .. "\n\n"u8];
    }
}
