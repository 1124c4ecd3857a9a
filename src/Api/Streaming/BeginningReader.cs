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
        var scanner = new SseScanner();
        var judged = 0;
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
            if (isEventStream && TryFirstEvent(bytes.WrittenSpan, ref scanner, ref judged, out var isError, out var errorBody))
            {
                return isError ? Bad(UpstreamFailure.ErrorInSuccess, errorBody) : Good();
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

    private static bool TryFirstEvent(ReadOnlySpan<byte> bytes, ref SseScanner scanner, ref int judged, out bool isError, out byte[] errorBody)
    {
        // The scanner is asked about each event from its beginning again, so that a piece that ends inside one costs a
        // second look at that event only.
        while (judged < bytes.Length)
        {
            scanner = default;
            var end = scanner.FindEventEnd(bytes[judged..]);
            if (end < 0)
            {
                break;
            }

            var sseEvent = SseEvent.Parse(bytes.Slice(judged, end));
            judged += end;
            if (sseEvent.HasData)
            {
                isError = TerminalMarker.IsError(sseEvent, besideAnswer: false);
                errorBody = isError ? sseEvent.Data.ToArray() : [];
                return true;
            }
        }

        isError = false;
        errorBody = [];
        return false;
    }
}
