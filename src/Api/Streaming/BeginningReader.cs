using System.Buffers;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Forwarding.Upstream;

namespace Gateway.Api.Streaming;

/// <summary>Reads the beginning of an upstream's 200 and judges it.</summary>
/// <remarks>
/// 1. An event stream is one by its label, or by not beginning as JSON or markup does: labels are often wrong.
/// 2. Read until the first event that says something is complete, or <see cref="ErrorInSuccess.MaxBytes"/>, or the end.
/// 3. Bad are: an error as that event or as the whole body, an end before it, half of a JSON text that only the end of the
///    connection ended, silence, an encoding that cannot be read, an end that cannot be known.
///    Comments and events with blank data are kept but decide nothing: some upstreams send them while they queue.
/// </remarks>
internal static class BeginningReader
{
    public static async Task<StreamBeginning> ReadAsync(UpstreamStream upstream)
    {
        if (!UpstreamAnswer.IsFramed(upstream.Response) || UpstreamAnswer.IsEncoded(upstream.Response))
        {
            return Bad(UpstreamFailure.ProtocolError);
        }

        var labelled = EventStream.IsLabelled(UpstreamAnswer.ContentType(upstream.Response));

        // The first piece usually is all that is needed, and then it is not copied.
        ArrayBufferWriter<byte>? copy = null;
        ReadOnlyMemory<byte> bytes = default;
        using var events = new SseEventAssembler();
        while (true)
        {
            var piece = await upstream.ReadAsync();
            var ended = piece.IsEmpty;
            if (ended && upstream.Failure != UpstreamFailure.None)
            {
                return Bad(upstream.Failure);
            }

            copy?.Write(piece.Span);
            bytes = copy?.WrittenMemory ?? piece;
            var isEventStream = labelled || !LooksLikeDocument(bytes.Span);
            if (isEventStream && TryFirstEvent(events, piece.Span, out var error, out var afterFirst))
            {
                return error is null ? Good(upstream, bytes, isEventStream, bytes.Length - afterFirst) : Bad(UpstreamFailure.ErrorInSuccess, error);
            }

            if (ended || bytes.Length >= ErrorInSuccess.MaxBytes)
            {
                return ErrorInSuccess.Detect(bytes.Span) ? Bad(UpstreamFailure.ErrorInSuccess, bytes.ToArray())
                    : ended && (isEventStream || IsHalf(upstream.Response, bytes.Span)) ? Bad(UpstreamFailure.Cut)
                    : Good(upstream, bytes, isEventStream, bytes.Length);
            }

            if (copy is null)
            {
                copy = new ArrayBufferWriter<byte>(Math.Max(1, bytes.Length * 2));
                copy.Write(bytes.Span);
            }
        }
    }

    private static StreamBeginning Good(UpstreamStream upstream, ReadOnlyMemory<byte> bytes, bool isEventStream, int firstEventLength) => new()
    {
        Failure = UpstreamFailure.None,
        Upstream = upstream,
        Bytes = bytes,
        IsEventStream = isEventStream,
        FirstEventLength = firstEventLength,
    };

    private static StreamBeginning Bad(UpstreamFailure failure, ReadOnlyMemory<byte> errorBody = default) =>
        new() { Failure = failure, ErrorBody = errorBody };

    private static bool IsHalf(HttpResponseMessage response, ReadOnlySpan<byte> document) =>
        UpstreamAnswer.EndsWithConnection(response) && !JsonText.IsWhole(document);

    private static bool LooksLikeDocument(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        return bytes.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'<', ..];
    }

    /// <param name="error">The first event's data if it is an error.</param>
    /// <param name="afterFirst">Bytes of the piece that come after that event.</param>
    private static bool TryFirstEvent(SseEventAssembler events, ReadOnlySpan<byte> piece, out byte[]? error, out int afterFirst)
    {
        (error, afterFirst) = (null, 0);
        var rest = piece[events.TakeTail(piece)..];
        while (events.TryRead(ref rest, out var bytes))
        {
            var sseEvent = SseEvent.Parse(bytes);

            // The bound holds also where a piece happens to bring a larger event to its end.
            var isError = sseEvent.HasData && bytes.Length <= ErrorInSuccess.MaxBytes && TerminalMarker.IsError(sseEvent, besideAnswer: false);
            if (isError || !sseEvent.Data.Trim(" \t\n"u8).IsEmpty)
            {
                error = isError ? sseEvent.Data.ToArray() : null;
                afterFirst = rest.Length;
                return true;
            }
        }

        return false;
    }
}
