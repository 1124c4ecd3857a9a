using System.Net;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>The caller's body with its edits, written part by part from the memory it arrived in.</summary>
public sealed class SplicedContent : HttpContent
{
    private readonly RequestBody _body;
    private readonly BodyEdit[] _edits;
    private readonly long _length;
    private readonly Action<object?>? _onSent;
    private readonly object? _onSentState;

    /// <param name="onSent">Told when the last byte went to the connection.</param>
    public SplicedContent(RequestBody body, BodyEdit[] edits, Action<object?>? onSent = null, object? onSentState = null)
    {
        _body = body;
        _edits = edits;
        _onSent = onSent;
        _onSentState = onSentState;
        _length = body.Length;
        foreach (var edit in edits)
        {
            _length += edit.Text.Length - edit.Range.Length;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_body.TryHold())
        {
            throw new ObjectDisposedException(nameof(RequestBody), "The request ended before its body was sent.");
        }

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

            await stream.WriteAsync(source[position..], cancellationToken);
        }
        finally
        {
            _body.Release();
        }

        _onSent?.Invoke(_onSentState);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
