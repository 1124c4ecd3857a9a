using System.Net;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>The caller's body with its edits, written part by part from the memory it arrived in.</summary>
internal sealed class SplicedContent : HttpContent
{
    private readonly RequestBody _body;
    private readonly BodyEdit[] _edits;
    private readonly long _length;
    private readonly AttemptDeadline? _deadline;
    private readonly TimeSpan _patienceOnceSent;

    /// <param name="deadline">Moved when the last byte went to the connection; null: none.</param>
    /// <param name="patienceOnceSent">How far from that moment.</param>
    public SplicedContent(RequestBody body, BodyEdit[] edits, AttemptDeadline? deadline = null, TimeSpan patienceOnceSent = default)
    {
        _body = body;
        _edits = edits;
        _deadline = deadline;
        _patienceOnceSent = patienceOnceSent;
        _length = body.Length;
        foreach (var edit in edits)
        {
            _length += edit.Text.Length - edit.Range.Length;
        }
    }

    /// <summary>All of it went to the connection.</summary>
    public bool Sent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_body.TryHold())
        {
            throw new ObjectDisposedException(nameof(RequestBody), "The request ended before its body was sent.");
        }

        var isLastPart = false;
        try
        {
            var source = _body.Memory;
            var position = 0;
            foreach (var edit in _edits)
            {
                await stream.WriteAsync(source[position..edit.Range.Start], cancellationToken);
                await stream.WriteAsync(edit.Text, cancellationToken);
                position = edit.Range.Start + edit.Range.Length;
            }

            isLastPart = true;
            await stream.WriteAsync(source[position..], cancellationToken);
        }
        catch (IOException) when (isLastPart && !cancellationToken.IsCancellationRequested)
        {
            // Whoever closed may have said why before: the answer is read next, and reading it fails if there is none.
            return;
        }
        finally
        {
            _body.Release();
        }

        Sent = true;
        _deadline?.Extend(_patienceOnceSent);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
