using System.Buffers;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Streaming;

/// <summary>Reads the beginning of an upstream's 200 and judges it.</summary>
/// <remarks>
/// 1. An event stream is one by its label, or by not beginning as JSON or markup does: labels are often wrong.
/// 2. Read until the first event that has data is complete, or <see cref="ErrorInSuccess.MaxBytes"/>, or the end.
/// 3. Bad are: an error as that event or as the whole body, an end before it, silence, an encoding that cannot be read.
///    Comments are kept but decide nothing: some upstreams send them while they queue.
/// </remarks>
internal static class BeginningReader
{
    public static async Task<StreamBeginning> ReadAsync(UpstreamStream upstream)
    {
        var headers = upstream.Response.Content.Headers;
        if (headers.ContentEncoding.Any(static encoding => !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            return Bad(UpstreamFailure.ProtocolError);
        }

        var labelled = EventStream.IsLabelled(headers);
        var bytes = new ArrayBufferWriter<byte>();
        using var events = new SseEventAssembler();
        while (true)
        {
            var piece = await upstream.ReadAsync();
            var ended = piece.IsEmpty;
            if (ended && upstream.Failure != UpstreamFailure.None)
            {
                return Bad(upstream.Failure);
            }

            bytes.Write(piece.Span);
            var isEventStream = labelled || !LooksLikeDocument(bytes.WrittenSpan);
            if (isEventStream && TryFirstEvent(events, piece.Span, out var error))
            {
                return error is null ? Good() : Bad(UpstreamFailure.ErrorInSuccess, error);
            }

            if (ended || bytes.WrittenCount >= ErrorInSuccess.MaxBytes)
            {
                return ErrorInSuccess.Detect(bytes.WrittenSpan) ? Bad(UpstreamFailure.ErrorInSuccess, bytes.WrittenSpan.ToArray())
                    : ended && isEventStream ? Bad(UpstreamFailure.Cut)
                    : Good();
            }

            StreamBeginning Good() => new()
            {
                Failure = UpstreamFailure.None,
                Upstream = upstream,
                Bytes = bytes.WrittenMemory,
                IsEventStream = isEventStream,
            };
        }
    }

    private static StreamBeginning Bad(UpstreamFailure failure, ReadOnlyMemory<byte> errorBody = default) =>
        new() { Failure = failure, ErrorBody = errorBody };

    private static bool LooksLikeDocument(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        return bytes.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'<', ..];
    }

    /// <param name="error">The first event's data if it is an error.</param>
    private static bool TryFirstEvent(SseEventAssembler events, ReadOnlySpan<byte> piece, out byte[]? error)
    {
        error = null;
        var rest = piece[events.TakeTail(piece)..];
        while (events.TryRead(ref rest, out var bytes))
        {
            var sseEvent = SseEvent.Parse(bytes);
            if (sseEvent.HasData)
            {
                // The bound holds also where a piece happens to bring a larger event to its end.
                var isError = bytes.Length <= ErrorInSuccess.MaxBytes && TerminalMarker.IsError(sseEvent, besideAnswer: false);
                error = isError ? sseEvent.Data.ToArray() : null;
                return true;
            }
        }

        return false;
    }
}
