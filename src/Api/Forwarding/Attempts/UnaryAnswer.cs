using System.Buffers;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Routing;
using Gateway.Api.Streaming;
using Gateway.Api.Usage.Accounting;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>Brings a unary answer to the caller.</summary>
/// <remarks>
/// 1. Read the beginning, 64 KiB at most. A cut, a silence, an error or no content at all found here leaves the caller's side
///    untouched, as does an encoding that cannot be read.
/// 2. Commit: status, headers, and the length if it is known, stated or because the whole body is here. The request body
///    goes back to its pool, since nothing can be sent again from here on.
/// 3. Send the beginning, then pass the rest piece by piece: a slow caller slows the upstream instead of filling memory.
/// 4. A body that is cut after the commit ends in an aborted connection, never in an end that looks whole.
/// </remarks>
internal sealed class UnaryAnswer(HttpResponseMessage response, RouteCandidate candidate, AttemptDeadline deadline, ReadPatience patience) : IDisposable
{
    private readonly BeginningBuffer _beginning = new();
    private readonly long? _length = UpstreamAnswer.ContentLength(response);
    private readonly bool _endsWithConnection = UpstreamAnswer.EndsWithConnection(response);
    private Stream _stream = Stream.Null;

    /// <summary>Whatever the upstream sent with it: the server takes no byte of a body for such a status.</summary>
    private bool HasNoBody => (int)response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent;

    /// <summary>What there is of it; all that will ever be if it failed.</summary>
    public ReadOnlySpan<byte> Beginning => _beginning.Bytes.Span;

    /// <summary>The time was up while the caller did not take what was here.</summary>
    public bool CallerWasSlow { get; private set; }

    /// <summary>Null: it may be sent.</summary>
    public async ValueTask<FailedAttempt?> ReadBeginningAsync()
    {
        if (!HasNoBody && (!UpstreamAnswer.IsFramed(response) || UpstreamAnswer.IsEncoded(response)))
        {
            return Failed(UpstreamFailure.ProtocolError);
        }

        try
        {
            _stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            await BoundedBody.FillAsync(_beginning, _stream, _length, patience);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return Failed(SendFailure.InAnswer(deadline, patience.Waiting));
        }

        var bytes = _beginning.Bytes;
        if (_beginning.IsComplete && !HasNoBody && (_endsWithConnection ? !JsonText.IsWhole(bytes.Span) : JsonText.IsBlank(bytes.Span)))
        {
            return Failed(UpstreamFailure.Cut);
        }

        if (!ErrorInSuccess.Detect(bytes.Span))
        {
            return null;
        }

        return Failed(UpstreamFailure.ErrorInSuccess) with
        {
            Status = (int)response.StatusCode,
            Body = _beginning.IsComplete ? bytes.ToArray() : default,
        };
    }

    /// <summary>Sends all of it. Other than None: the caller's connection was aborted.</summary>
    public async ValueTask<UpstreamFailure> SendAsync(ForwardRequest request)
    {
        request.Account?.Read(_beginning.Bytes.Span);
        if (_beginning.IsComplete)
        {
            request.Account?.CompleteUnary((int)response.StatusCode, UpstreamFailure.None);
            Commit(request);

            // It leaves with the end of the response, headers and body in one packet.
            if (!HasNoBody)
            {
                request.Context.Response.BodyWriter.Write(_beginning.Bytes.Span);
            }

            return request.Context.RequestAborted.IsCancellationRequested ? UpstreamFailure.CallerGone : UpstreamFailure.None;
        }

        Commit(request);
        var failure = await PassAllAsync(request.Context, request.Account);
        request.Account?.CompleteUnary((int)response.StatusCode, failure);
        if (failure is not UpstreamFailure.None)
        {
            request.Context.Abort();
        }

        return failure;
    }

    public void Dispose() => _beginning.Dispose();

    private async ValueTask<UpstreamFailure> PassAllAsync(HttpContext context, RequestAccount? account)
    {
        long passed = _beginning.Length;
        if (HasNoBody)
        {
            return UpstreamFailure.None;
        }

        if (!await WriteAsync(context, _beginning.Bytes))
        {
            return NotTaken();
        }

        var ending = _beginning.Bytes.Span is [.., var last] ? last : default;
        while (!_beginning.IsComplete)
        {
            int read;
            try
            {
                read = await patience.ReadAsync(_stream, _beginning.Whole);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                return SendFailure.InAnswer(deadline, patience.Waiting);
            }

            if (read == 0)
            {
                return _endsWithConnection && !JsonText.MayEndWith(ending) ? UpstreamFailure.Cut : UpstreamFailure.None;
            }

            ending = _beginning.Whole.Span[read - 1];
            passed += read;
            account?.Read(_beginning.Whole.Span[..read]);
            if (passed == _length)
            {
                // Once the last byte is on its way the caller has the answer: by then it must be written down.
                account?.CompleteUnary((int)response.StatusCode, UpstreamFailure.None);
            }

            if (!await WriteAsync(context, _beginning.Whole[..read]))
            {
                return NotTaken();
            }
        }

        return UpstreamFailure.None;
    }

    private async ValueTask<bool> WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await context.Response.Body.WriteAsync(bytes, deadline.Token);
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private UpstreamFailure NotTaken()
    {
        CallerWasSlow = deadline.Expired;
        return SendFailure.ToCaller(deadline);
    }

    private void Commit(ForwardRequest request)
    {
        request.ReleaseBody();
        request.AnsweredBy(UpstreamAnswer.RequestId(response));
        request.WriteHeaders();
        var answer = request.Context.Response;
        answer.StatusCode = (int)response.StatusCode;
        answer.ContentType = UpstreamAnswer.ContentType(response);
        answer.ContentLength = HasNoBody ? null : _beginning.IsComplete ? _beginning.Length : _length;
        if (UpstreamAnswer.ContentEncoding(response) is { } encoding)
        {
            answer.Headers.ContentEncoding = encoding;
        }
    }

    private FailedAttempt Failed(UpstreamFailure failure) => new(failure, candidate) { FullySent = true };
}
