namespace Gateway.Api.Streaming;

/// <summary>Finds where events end in a stream of server-sent events that arrives in arbitrary pieces.</summary>
/// <remarks>
/// An event ends with a blank line; a line ends with LF, CR or CRLF. A blank line's CR at the end of a piece ends the
/// event at once, since its LF may never come; the LF that comes after all is still that event's.
/// </remarks>
public struct SseScanner
{
    private bool _lineHasBytes;
    private bool _eventHasBytes;
    private bool _afterCarriageReturn;

    /// <summary>Nothing of an unfinished event has been seen: something else may be inserted here.</summary>
    public readonly bool AtBoundary => !_eventHasBytes;

    /// <summary>As <see cref="AtBoundary"/>, and no LF of the last event can come any more.</summary>
    public readonly bool IsBetweenEvents => !_eventHasBytes && !_afterCarriageReturn;

    /// <summary>1 if the piece begins with the LF of the CR that ended the previous event, else 0. Call it before <see cref="FindEventEnd"/>.</summary>
    public int TakeTail(ReadOnlySpan<byte> piece)
    {
        if (!_afterCarriageReturn || _eventHasBytes || piece.IsEmpty)
        {
            return 0;
        }

        _afterCarriageReturn = false;
        return piece[0] == (byte)'\n' ? 1 : 0;
    }

    /// <summary>Length of what belongs to the current event including its blank line, or -1 if the event goes on after the piece.</summary>
    public int FindEventEnd(ReadOnlySpan<byte> piece)
    {
        var position = 0;
        if (_afterCarriageReturn && !piece.IsEmpty)
        {
            _afterCarriageReturn = false;
            position = piece[0] == (byte)'\n' ? 1 : 0;
        }

        while (position < piece.Length)
        {
            var length = piece[position..].IndexOfAny((byte)'\n', (byte)'\r');
            _eventHasBytes = true;
            if (length < 0)
            {
                _lineHasBytes = true;
                return -1;
            }

            var blank = length == 0 && !_lineHasBytes;
            _lineHasBytes = false;
            position += length + 1;
            if (piece[position - 1] == (byte)'\r')
            {
                if (position == piece.Length)
                {
                    _afterCarriageReturn = true;
                }
                else if (piece[position] == (byte)'\n')
                {
                    position++;
                }
            }

            if (blank)
            {
                _eventHasBytes = false;
                return position;
            }
        }

        return -1;
    }
}
