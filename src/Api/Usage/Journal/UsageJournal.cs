using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Silo.Settings;

namespace Gateway.Api.Usage.Journal;

/// <summary>The journal of this process's session.</summary>
/// <remarks>
/// 1. An entry is built and summed up on the caller's thread, without a lock and without allocating.
/// 2. Under one short lock it gets its place and goes into the file: from then on it survives the death of the process.
/// 3. Power cuts are another matter: a background loop flushes the disk at an interval.
/// 4. When the disk refuses, nothing new begins; outcomes wait in memory (there are no more than open requests) until a new file can be written.
///    A disk that the journal itself has filled has <see cref="SpareRoom"/> for what must be written before room is free again.
/// </remarks>
public sealed class UsageJournal : IUsageJournal, IDisposable
{
    /// <summary>Characters of a text that callers or providers choose; longer ones are cut.</summary>
    public const int MaxTextLength = 256;

    // What comes later in a request, attempts and all, has room as well.
    private const int MaxIntentLength = Frame.MaxLength / 2;

    // Kept free for the outcome of each open request, so that a full journal never refuses one.
    private const int OutcomeAllowance = 2048;

    private readonly Lock _gate = new();
    private readonly OpenRequests _open = new();
    private readonly Queue<Unwritten> _unwritten = [];
    private readonly SegmentWriter _writer;
    private readonly FileStream _lock;
    private readonly long _maxBytes;
    private long _lastNumber;
    private long _ownBytes;
    private long _otherBytes;
    private long _end;
    private long _flushedEnd;
    private bool _failed;
    private bool _full;
    private bool _closed;

    private UsageJournal(JournalOptions options, JournalOwner owner, string folder, SegmentWriter writer, FileStream held)
    {
        Owner = owner;
        Folder = folder;
        _writer = writer;
        _lock = held;
        _maxBytes = options.MaxBytes;
        _ownBytes = writer.Offset;
        _end = writer.Place;
    }

    /// <summary>Begins a session of its own.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="journal">Folder of all sessions; made where it is missing.</param>
    /// <param name="session">Its id, never used before.</param>
    /// <param name="node">Name of the front-end.</param>
    /// <param name="cluster">Whose usage it is; empty: it does not say.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static UsageJournal Open(JournalOptions options, string journal, string session, string node, string cluster = "")
    {
        var unfinished = SessionFolder.UnfinishedPathOf(journal, session);
        var folder = SessionFolder.PathOf(journal, session);
        Directory.CreateDirectory(unfinished);
        var held = SessionFolder.CreateLock(unfinished);
        var owner = new JournalOwner(session, node, cluster);

        // Locked from the moment that others can see it.
        Directory.Move(unfinished, folder);
        var writer = new SegmentWriter(folder, owner, options.SegmentBytes);
        writer.Roll();
        SpareRoom.Make(folder);
        return new UsageJournal(options, owner, folder, writer, held);
    }

    internal JournalOwner Owner { get; }

    internal string Folder { get; }

    /// <summary>Held by who changes totals and spare room, which are one file at times. Taken behind the journal's own lock, never before it.</summary>
    internal Lock Totals { get; } = new();

    public JournalState State
    {
        get
        {
            lock (_gate)
            {
                return _closed ? JournalState.Closed : _failed ? JournalState.Failed : _full ? JournalState.Full : JournalState.Writing;
            }
        }
    }

    /// <summary>Share of the bound that is in use, 1 when it is full.</summary>
    public double Fill
    {
        get
        {
            lock (_gate)
            {
                return (double)Needed(0) / _maxBytes;
            }
        }
    }

    public int OpenCount
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Everything before it is written.</summary>
    internal long End => Volatile.Read(ref _end);

    /// <summary>Everything before it survives a power cut.</summary>
    internal long FlushedEnd => Volatile.Read(ref _flushedEnd);

    /// <summary>Outcomes that the disk never took, and whose intents they are. Of a closed journal.</summary>
    internal IEnumerable<(long Number, byte[] Frame)> LeftInMemory
    {
        get
        {
            lock (_gate)
            {
                return [.. _unwritten.Select(left => (left.Number, left.Frame))];
            }
        }
    }

    public bool TryBegin(in UsageIntent intent, out JournalTicket ticket)
    {
        var frame = UsageEntries.Write(EntryBuffer.Start(), intent, Owner.Session);
        var content = Frame.SumOfContent(frame);
        lock (_gate)
        {
            _full = Needed(frame.Length) > _maxBytes;
            if (_closed || _failed || _full || frame.Length > MaxIntentLength)
            {
                ticket = default;
                return false;
            }

            var number = ++_lastNumber;
            var slot = _open.Take(number);
            if (!TryAppend(frame, content, slot, number))
            {
                _open.Release(slot, number);
                ticket = default;
                return false;
            }

            ticket = new JournalTicket(slot, number, intent.Id);
            return true;
        }
    }

    public bool TryRenew(JournalTicket ticket, in UsageIntent intent)
    {
        var frame = UsageEntries.Write(EntryBuffer.Start(), intent, Owner.Session);
        var content = Frame.SumOfContent(frame);
        lock (_gate)
        {
            _full = Needed(frame.Length) > _maxBytes;
            return !_closed && !_failed && !_full && frame.Length <= MaxIntentLength
                && _open.Holds(ticket.Slot, ticket.Number) && TryAppend(frame, content, ticket.Slot, ticket.Number);
        }
    }

    public void Complete(JournalTicket ticket, in UsageOutcome outcome)
    {
        if (ticket.Number == 0)
        {
            return;
        }

        var frame = UsageEntries.Write(EntryBuffer.Start(), ticket.Id, outcome, Owner.Session);
        var content = Frame.SumOfContent(frame);
        lock (_gate)
        {
            if (_closed || !_open.Release(ticket.Slot, ticket.Number))
            {
                return;
            }

            if (_failed || !TryAppend(frame, content, ticket.Slot, ticket.Number))
            {
                _unwritten.Enqueue(new Unwritten(frame.ToArray(), ticket.Slot, ticket.Number));
            }
        }
    }

    /// <summary>Writes an intent anew if its outcome is still awaited, so that the file with the first copy can go.</summary>
    /// <param name="frame">As it was read.</param>
    /// <returns>False: the disk refuses now.</returns>
    internal bool TryCarry(byte[] frame)
    {
        var (slot, number) = (Frame.SlotOf(frame), Frame.NumberOf(frame));
        lock (_gate)
        {
            return !_failed && !_closed && (!_open.Holds(slot, number) || TryAppend(frame, Frame.SumOfContent(frame), slot, number));
        }
    }

    /// <summary>Makes what was written up to now survive a power cut, and tries to write on where the disk refused.</summary>
    /// <returns>Null: done; else what the disk said.</returns>
    internal Exception? Maintain()
    {
        try
        {
            lock (_gate)
            {
                if (_closed)
                {
                    return null;
                }

                WriteOn();
                if (_end == FlushedEnd)
                {
                    return null;
                }
            }

            Flush();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What a failed flush had in hand may be lost: nothing more is added to that file.
            lock (_gate)
            {
                _failed = true;
            }

            return exception;
        }
    }

    /// <summary>A file of this session was deleted.</summary>
    internal void Forget(long bytes)
    {
        lock (_gate)
        {
            _ownBytes -= bytes;
            _full = false;
        }
    }

    /// <summary>What other sessions still have in the same folder.</summary>
    internal void ReportOthers(long bytes)
    {
        lock (_gate)
        {
            _otherBytes = bytes;
            _full = false;
        }
    }

    /// <summary>Nothing is written any more; requests that are open stay so.</summary>
    internal void Close()
    {
        Maintain();
        lock (_gate)
        {
            _closed = true;
        }
    }

    public void Dispose()
    {
        Close();
        _writer.Dispose();
        _lock.Dispose();
    }

    private long Needed(int more) => _ownBytes + _otherBytes + more + ((long)_open.Count * OutcomeAllowance);

    private bool TryAppend(Span<byte> frame, uint content, int slot, long number)
    {
        try
        {
            Append(frame, content, slot, number);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was made ready behind the end is room that others need now.
            _writer.End();
            _failed = true;
            return false;
        }
    }

    private void Append(Span<byte> frame, uint content, int slot, long number)
    {
        var before = _writer.Segment;
        var place = _writer.PlaceFor(frame.Length);
        if (_writer.Segment != before)
        {
            _ownBytes += _writer.Offset;
        }

        Frame.Seal(frame, content, slot, number, place);
        _writer.Append(frame);
        _ownBytes += frame.Length;
        Volatile.Write(ref _end, _writer.Place);
    }

    private void WriteOn()
    {
        if (!_failed)
        {
            return;
        }

        try
        {
            _writer.Roll();
        }
        catch (IOException)
        {
            lock (Totals)
            {
                SpareRoom.Free(Folder);
            }

            _writer.Roll();
        }

        _ownBytes += _writer.Offset;
        Volatile.Write(ref _end, _writer.Place);
        while (_unwritten.TryPeek(out var next))
        {
            Append(next.Frame, Frame.SumOfContent(next.Frame), next.Slot, next.Number);
            _unwritten.Dequeue();
        }

        _failed = false;
    }

    private void Flush()
    {
        long end;
        Microsoft.Win32.SafeHandles.SafeFileHandle? current;
        Microsoft.Win32.SafeHandles.SafeFileHandle[] full;
        lock (_gate)
        {
            end = _end;
            (current, full) = _writer.TakeForFlush();
        }

        foreach (var handle in full)
        {
            using (handle)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }

        if (current is not null)
        {
            RandomAccess.FlushToDisk(current);
        }

        Volatile.Write(ref _flushedEnd, end);
    }

    private sealed record Unwritten(byte[] Frame, int Slot, long Number);
}
