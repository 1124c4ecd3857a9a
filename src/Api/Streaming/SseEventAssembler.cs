using System.Buffers;

namespace Gateway.Api.Streaming;

/// <summary>Hands out whole events of a stream that arrives in pieces; copies only events that span pieces.</summary>
public sealed class SseEventAssembler : IDisposable
{
    /// <summary>Larger events are handed out cut to this length.</summary>
    public const int MaxEventBytes = 1024 * 1024;

    private SseScanner _scanner;
    private byte[]? _carry;
    private int _carried;
    private bool _handedOut;

    public bool AtBoundary => _scanner.AtBoundary;

    /// <summary>The next byte begins an event; not even the last byte of a line ending is to come.</summary>
    public bool IsBetweenEvents => _scanner.IsBetweenEvents;

    /// <summary>What came of the unfinished event, at most <see cref="MaxEventBytes"/>.</summary>
    public ReadOnlySpan<byte> Unfinished => _handedOut ? default : _carry.AsSpan(0, _carried);

    /// <summary>Bytes that the event handed out last, or the unfinished one, has beyond <see cref="MaxEventBytes"/>.</summary>
    public long Missing { get; private set; }

    /// <summary>1 if the piece begins with a byte that still belongs to the last event, else 0. Call it once per piece, first.</summary>
    public int TakeTail(ReadOnlySpan<byte> piece) => _scanner.TakeTail(piece);

    /// <summary>Reads on in a piece; what is left of it after the last event is kept.</summary>
    /// <param name="piece">Loses what was consumed: up to the end of the event, or all.</param>
    /// <param name="wholeEvent">Valid until the next call.</param>
    public bool TryRead(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> wholeEvent)
    {
        if (_handedOut)
        {
            Release();
        }

        var end = _scanner.FindEventEnd(piece);
        if (end < 0)
        {
            Keep(piece);
            piece = default;
            wholeEvent = default;
            return false;
        }

        wholeEvent = piece[..end];
        piece = piece[end..];
        if (_carried > 0)
        {
            Keep(wholeEvent);
            wholeEvent = _carry.AsSpan(0, _carried);
            _handedOut = true;
        }

        return true;
    }

    public void Dispose() => Release();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var kept = Math.Min(bytes.Length, MaxEventBytes - _carried);
        Missing += bytes.Length - kept;
        bytes = bytes[..kept];
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_carry is null || _carry.Length < _carried + bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_carried + bytes.Length, 2 * _carried));
            _carry.AsSpan(0, _carried).CopyTo(larger);
            ReturnCarry();
            _carry = larger;
        }

        bytes.CopyTo(_carry.AsSpan(_carried));
        _carried += bytes.Length;
    }

    private void Release()
    {
        ReturnCarry();
        _carried = 0;
        Missing = 0;
        _handedOut = false;
    }

    private void ReturnCarry()
    {
        if (_carry is not null)
        {
            ArrayPool<byte>.Shared.Return(_carry);
        }

        _carry = null;
    }
}
