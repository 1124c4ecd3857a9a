using System.Buffers;
using System.IO.Compression;
using Gateway.Api.Errors;

namespace Gateway.Api.Http.Encodings;

/// <summary>Reads compressed JSON bodies; from there on they are as if they had come plain.</summary>
/// <remarks>
/// What is sent, what lies between two codings and what comes out has the bound of a plain body each, and all of it flows: a few
/// bytes that stand for gigabytes cost no more than a plain body that is too large.
/// </remarks>
internal static class EncodedBodyReader
{
    private const int InitialBuffer = 16 * 1024;

    public static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0 && ContentCodings.TryParse(request.Headers.ContentEncoding, out var codings) && !codings.IsPlain;

    /// <summary>After <see cref="RequestBodyReader.CheckHeaders"/> let it pass. The caller of this method releases the body.</summary>
    public static async ValueTask<RequestBodyOutcome> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (!ContentCodings.TryParse(request.Headers.ContentEncoding, out var codings))
        {
            return new RequestBodyOutcome(null, RequestErrors.UnsupportedEncoding());
        }

        var sent = new BoundedStream(request.BodyReader.AsStream(leaveOpen: true), maxBytes);
        var between = codings.Second is { } outer ? new BoundedStream(Decompress(outer, sent), maxBytes) : sent;
        await using var plain = new BoundedStream(Decompress(codings.First!.Value, between), maxBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
        try
        {
            (var length, buffer) = await ReadToEndAsync(plain, buffer, maxBytes, cancellationToken);
            var error = sent.Exceeded || between.Exceeded || plain.Exceeded ? RequestErrors.TooLarge(maxBytes)
                : length == 0 ? RequestErrors.EmptyBody()
                : null;
            if (error is null)
            {
                return new RequestBodyOutcome(new RequestBody(buffer, length), null);
            }

            ArrayPool<byte>.Shared.Return(buffer);
            return new RequestBodyOutcome(null, error);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException || (exception is IOException && !sent.Failed))
        {
            // What a decoder throws for a dictionary that it lacks has no public name of its own.
            // A decoder whose input ended at a bound takes it for cut off.
            return new RequestBodyOutcome(null, sent.Exceeded || between.Exceeded ? RequestErrors.TooLarge(maxBytes) : RequestErrors.WrongEncoding());
        }
    }

    private static async ValueTask<(int Length, byte[] Buffer)> ReadToEndAsync(BoundedStream plain, byte[] buffer, int maxBytes, CancellationToken cancellationToken)
    {
        var length = 0;
        try
        {
            int read;
            while ((read = await plain.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, maxBytes);
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        return (length, buffer);
    }

    private static byte[] Grow(byte[] full, int maxBytes)
    {
        // One more than a body may have: an end is only seen by who has room for more.
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(full.Length * 2L, maxBytes + 1L));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private static Stream Decompress(ContentCoding coding, Stream input) => coding switch
    {
        ContentCoding.Gzip => new GZipStream(input, CompressionMode.Decompress),
        ContentCoding.Brotli => new BrotliStream(input, CompressionMode.Decompress),
        _ => new ZLibStream(input, CompressionMode.Decompress),
    };
}
