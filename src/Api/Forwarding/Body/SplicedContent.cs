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
    private readonly long _startedAt;
    private readonly TimeSpan _total;
    private readonly TimeProvider _time;

    /// <param name="deadline">Moved when the last byte went to the connection; null: none.</param>
    /// <param name="startedAt">Timestamp that the new deadline is counted from.</param>
    /// <param name="total">How far from then.</param>
    /// <param name="time">Of the timestamp.</param>
    public SplicedContent(RequestBody body, BodyEdit[] edits, AttemptDeadline? deadline, long startedAt, TimeSpan total, TimeProvider time)
    {
        (_startedAt, _total, _time) = (startedAt, total, time);
        _body = body;
        _edits = edits;
        _deadline = deadline;
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

        try
        {
            if (!await WritePartsAsync(stream, cancellationToken))
            {
                return;
            }
        }
        finally
        {
            _body.Release();
        }

        Sent = true;
        _deadline?.Extend(_total - _time.GetElapsedTime(_startedAt));
    }

    /// <remarks>
    /// Whoever closed the connection may have said why before: the answer is read next, and reading it fails if there is none. The
    /// transport reads no answer unless all parts were given to it and none is left in its buffer, hence the writes after one that
    /// failed; a connection that is broken takes none of them.
    /// </remarks>
    /// <returns>False: the connection is closed.</returns>
    private async ValueTask<bool> WritePartsAsync(Stream stream, CancellationToken cancellationToken)
    {
        var source = _body.Memory;
        var position = 0;
        var isOpen = true;
        foreach (var edit in _edits)
        {
            isOpen &= await TryAsync(stream.WriteAsync(source[position..edit.Range.Start], cancellationToken), cancellationToken);
            isOpen &= await TryAsync(stream.WriteAsync(edit.Text, cancellationToken), cancellationToken);
            position = edit.Range.Start + edit.Range.Length;
        }

        isOpen &= await TryAsync(stream.WriteAsync(source[position..], cancellationToken), cancellationToken);
        return isOpen & await TryAsync(new ValueTask(stream.FlushAsync(cancellationToken)), cancellationToken);
    }

    private static async ValueTask<bool> TryAsync(ValueTask writing, CancellationToken cancellationToken)
    {
        try
        {
            await writing;
            return true;
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
