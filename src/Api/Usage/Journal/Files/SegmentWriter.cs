using Gateway.Api.Usage.Journal.Entries;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Appends frames to the files of one session. Not safe for several threads.</summary>
internal sealed class SegmentWriter(string folder, JournalOwner owner, int segmentBytes) : IDisposable
{
    private readonly List<SafeFileHandle> _full = [];
    private readonly bool _isMapped = MappedSegment.IsPossibleIn(folder);
    private SegmentFile? _file;

    public int Segment { get; private set; }

    public int Offset { get; private set; }

    public long Place => JournalPlace.Of(Segment, Offset);

    /// <summary>Where the next frame of this length goes; begins a new file when this one is full.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public long PlaceFor(int length)
    {
        if (_file is null || Offset + length > segmentBytes)
        {
            Roll();
        }

        return Place;
    }

    /// <summary>Hands the frame to the system at <see cref="Place"/>.</summary>
    /// <exception cref="IOException">The disk refuses. What was written of it lies behind the end; go on with <see cref="Roll"/>.</exception>
    public void Append(ReadOnlySpan<byte> frame)
    {
        _file!.Write(frame, Offset);
        Offset += frame.Length;
    }

    /// <summary>Begins a new file. It says how long the one before is, whatever else lies there.</summary>
    public void Roll()
    {
        var next = Segment + 1;
        var path = SessionFolder.SegmentPath(folder, next);
        var file = SegmentFile.Create(path, segmentBytes, _isMapped);
        int length;
        try
        {
            // Not the thread's own: that one holds the entry which this file is made for.
            var buffer = new EntryBuffer();
            buffer.Text(HeaderFields.Session, owner.Session);
            buffer.Text(HeaderFields.Node, owner.Node);
            buffer.Number(HeaderFields.PreviousLength, Offset);
            buffer.Text(HeaderFields.Cluster, owner.Cluster);
            var frame = buffer.Finish(EntryKind.Header);
            Frame.Seal(frame, Frame.SumOfContent(frame), 0, 0, JournalPlace.Of(next, 0));
            file.Write(frame, 0);
            length = frame.Length;
        }
        catch
        {
            file.End(0);
            file.Dispose();
            throw;
        }

        if (_file is not null)
        {
            _file.End(Offset);
            _full.Add(_file.Handle);
        }

        (_file, Segment, Offset) = (file, next, length);
    }

    /// <summary>Gives back the room that was made ready for more; go on with <see cref="Roll"/>.</summary>
    public void End() => _file?.End(Offset);

    /// <summary>Files that have something to be flushed; full ones are the caller's from now on.</summary>
    public (SafeFileHandle? Current, SafeFileHandle[] Full) TakeForFlush()
    {
        SafeFileHandle[] full = [.. _full];
        _full.Clear();
        return (_file?.Handle, full);
    }

    public void Dispose()
    {
        if (_file is not null)
        {
            _file.End(Offset);
            _file.Dispose();
            _file = null;
        }

        _full.ForEach(handle => handle.Dispose());
    }
}
