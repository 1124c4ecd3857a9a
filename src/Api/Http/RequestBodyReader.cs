using System.Buffers;
using System.Runtime.InteropServices;
using Gateway.Api.Errors;
using Gateway.Api.Http.Encodings;

namespace Gateway.Api.Http;

/// <summary>Reads JSON bodies within their bounds.</summary>
public static class RequestBodyReader
{
    /// <summary>A stated length above this is believed only as far as bytes arrive, so that an announcement alone takes no memory.</summary>
    private const int MaxTrusted = 1024 * 1024;

    private const int InitialUnknown = 4096;

    /// <summary>Checks what the headers say, before anything is read.</summary>
    /// <param name="maxBytes">The most that a body may have.</param>
    public static GatewayError? CheckHeaders(HttpRequest request, int maxBytes)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count > 0 && !ContentCodings.TryParse(encoding, out _))
        {
            return RequestErrors.UnsupportedEncoding();
        }

        return request.ContentLength switch
        {
            { } length when length > maxBytes => RequestErrors.TooLarge(maxBytes),
            0 => RequestErrors.EmptyBody(),
            _ => null,
        };
    }

    /// <summary>The caller of this method releases the body.</summary>
    public static async ValueTask<RequestBodyOutcome> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? InitialUnknown, MaxTrusted));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var arrived = read.Buffer.Length;
                if (length + arrived > maxBytes)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return Refuse(ref buffer, RequestErrors.TooLarge(maxBytes));
                }

                EnsureRoom(ref buffer, length, (int)arrived, maxBytes);
                read.Buffer.CopyTo(buffer.AsSpan(length));
                length += (int)arrived;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (IOException failure) when (UnreadableBody.IsFault(failure, cancellationToken))
        {
            return Refuse(ref buffer, RequestErrors.FromServer(StatusCodes.Status400BadRequest));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        return length == 0 ? Refuse(ref buffer, RequestErrors.EmptyBody()) : new RequestBodyOutcome(new RequestBody(buffer, length), null);
    }

    private static RequestBodyOutcome Refuse(ref byte[] buffer, GatewayError error)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        return new RequestBodyOutcome(null, error);
    }

    private static void EnsureRoom(ref byte[] buffer, int length, int more, int maxBytes)
    {
        if (buffer.Length - length >= more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, (int)Math.Min(buffer.Length * 2L, maxBytes)));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

/// <summary>Exactly one of the two is set.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RequestBodyOutcome(RequestBody? Body, GatewayError? Error);
