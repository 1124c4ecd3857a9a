using Gateway.Api.Usage.Journal.Entries;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Reads the entries of one session in order, file by file.</summary>
/// <remarks>
/// 1. A file ends where the next one says; the last one where its writer says, or, when there is no writer any more, with its last intact entry.
/// 2. Bytes that are no intact entry are skipped up to the next one: an entry is intact at its own place only, so nothing else passes for one.
///    That is damage, which is counted; but at the very end of a session that has ended they are the entry that its process died over.
/// 3. The reader stops at the end of each file, so that whoever reads can settle what was in it.
/// </remarks>
internal sealed class JournalReader(string folder) : IDisposable
{
    private byte[] _buffer = new byte[256 << 10];
    private int _begin;
    private int _filled;
    private SafeFileHandle? _handle;
    private int _offset;
    private int _limitOf;
    private long _limit;
    private bool _limitIsCertain;

    public string Folder => folder;

    /// <summary>0: nothing is open.</summary>
    public int Segment { get; private set; }

    /// <summary>Behind the last entry that was read.</summary>
    public long Place => JournalPlace.Of(Segment, _offset);

    /// <summary>Files that could not be read to their end.</summary>
    public int Damages { get; private set; }

    /// <summary>Who wrote a session, by the first file that is there; null: nothing was written.</summary>
    public static JournalOwner? OwnerOf(string folder)
    {
        string? session = null;
        var (node, cluster) = ("", "");
        foreach (var segment in SessionFolder.Segments(folder))
        {
            var reader = new EntryReader(Header(folder, segment));
            while (reader.Next())
            {
                switch (reader.Field)
                {
                    case HeaderFields.Session:
                        session = reader.Text;
                        break;
                    case HeaderFields.Node:
                        node = reader.Text;
                        break;
                    case HeaderFields.Cluster:
                        cluster = reader.Text;
                        break;
                }
            }

            if (session is not null)
            {
                return new JournalOwner(session, node, cluster);
            }
        }

        return null;
    }

    /// <summary>Whether a session that no process writes any more has an entry that ends behind the place.</summary>
    public static bool HasEntryBehind(string folder, long place)
    {
        using var reader = new JournalReader(folder);
        for (var opened = reader.TryOpenAfter(JournalPlace.SegmentOf(place) - 1); opened; opened = reader.TryOpenAfter(reader.Segment))
        {
            while (reader.TryRead(end: null, out _))
            {
                if (reader.Place > place)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Opens the first file after <paramref name="segment"/>.</summary>
    /// <returns>False: there is none.</returns>
    public bool TryOpenAfter(int segment)
    {
        Close();
        foreach (var number in SessionFolder.Segments(folder))
        {
            if (number <= segment)
            {
                continue;
            }

            try
            {
                _handle = OpenRead(SessionFolder.SegmentPath(folder, number));
            }
            catch (FileNotFoundException)
            {
                // Deleted meanwhile, since the ledger has all of it.
                continue;
            }

            Damages += Segment > 0 && number != Segment + 1 ? 1 : 0;
            Segment = number;
            _offset = 0;
            return true;
        }

        return false;
    }

    /// <param name="end">Where the writer stands; null: there is no writer any more.</param>
    /// <param name="frame">Valid until the next call.</param>
    /// <returns>False: the end of this file, or of what is written.</returns>
    public bool TryRead(long? end, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_handle is null)
        {
            return false;
        }

        var limit = Limit(end, out var isCertain);
        while (TryFrame(limit, out frame) || TrySkip(limit, isCertain, out frame))
        {
            _begin += frame.Length;
            _offset += frame.Length;
            if (Frame.KindOf(frame) != EntryKind.Header)
            {
                return true;
            }
        }

        frame = default;
        return false;
    }

    /// <summary>Whether nothing more will be written to the file that is open.</summary>
    public bool IsAtSegmentEnd(long? end) => _handle is not null && (end is { } place ? JournalPlace.SegmentOf(place) > Segment : HasNext()) && _offset >= Limit(end, out _);

    public void Dispose() => Close();

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
        _begin = _filled = 0;
    }

    private bool HasNext() => SessionFolder.Segments(folder).Any(number => number > Segment);

    /// <summary>A certain limit was said by the writer: everything before it must be intact.</summary>
    private long Limit(long? end, out bool isCertain)
    {
        isCertain = true;
        if (end is { } place && JournalPlace.SegmentOf(place) == Segment)
        {
            return JournalPlace.OffsetOf(place);
        }

        if (_limitOf != Segment)
        {
            // No length was told: the last file of a session that has ended, or one whose successor is gone.
            var told = PreviousLength(Segment + 1);
            (_limitOf, _limit, _limitIsCertain) = (Segment, told ?? RandomAccess.GetLength(_handle!), told is not null);
        }

        isCertain = _limitIsCertain;
        return _limit;
    }

    private long? PreviousLength(int segment)
    {
        long? length = null;
        var reader = new EntryReader(Header(folder, segment));
        while (reader.Next())
        {
            if (reader.Field == HeaderFields.PreviousLength)
            {
                length = reader.Number;
            }
        }

        return length;
    }

    /// <summary>Fields of a file's first entry; empty: there is no such file, or its writer died before that entry was written.</summary>
    private static ReadOnlySpan<byte> Header(string folder, int segment)
    {
        var path = SessionFolder.SegmentPath(folder, segment);
        if (!File.Exists(path))
        {
            return default;
        }

        using var handle = OpenRead(path);
        var bytes = new byte[4096];
        var read = RandomAccess.Read(handle, bytes, 0);
        var length = Frame.LengthAt(bytes.AsSpan(0, read));
        return length > 0 && length <= read && Frame.IsIntact(bytes.AsSpan(0, length), JournalPlace.Of(segment, 0)) ? bytes.AsSpan(Frame.HeaderLength, length - Frame.HeaderLength) : default;
    }

    private bool TryFrame(long limit, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (!Fill(Frame.HeaderLength, limit))
        {
            return false;
        }

        var length = Frame.LengthAt(_buffer.AsSpan(_begin, _filled - _begin));
        if (length == 0 || !Fill(length, limit))
        {
            return false;
        }

        frame = _buffer.AsSpan(_begin, length);
        return Frame.IsIntact(frame, Place);
    }

    /// <summary>Finds the next intact entry behind bytes that are none.</summary>
    private bool TrySkip(long limit, bool isCertain, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_offset >= limit)
        {
            return false;
        }

        var rest = new byte[limit - _offset];
        var read = RandomAccess.Read(_handle!, rest, _offset);
        for (var skipped = 1; skipped < read; skipped++)
        {
            var candidate = rest.AsSpan(skipped, read - skipped);
            var length = Frame.LengthAt(candidate);
            if (length > 0 && length <= candidate.Length && Frame.IsIntact(candidate[..length], JournalPlace.Of(Segment, _offset + skipped)))
            {
                Damages++;
                (_offset, _begin, _filled) = (_offset + skipped, 0, 0);
                return TryFrame(limit, out frame);
            }
        }

        if (isCertain)
        {
            Damages++;
            (_offset, _begin, _filled) = ((int)limit, 0, 0);
        }

        return false;
    }

    /// <summary>Has at least <paramref name="count"/> bytes from <see cref="Place"/> on in the buffer.</summary>
    private bool Fill(int count, long limit)
    {
        if (_offset + count > limit)
        {
            return false;
        }

        if (_filled - _begin >= count)
        {
            return true;
        }

        _buffer.AsSpan(_begin, _filled - _begin).CopyTo(_buffer);
        (_filled, _begin) = (_filled - _begin, 0);
        if (count > _buffer.Length)
        {
            Array.Resize(ref _buffer, count);
        }

        while (_filled < count)
        {
            var wanted = (int)Math.Min(_buffer.Length - _filled, limit - _offset - _filled);
            var read = wanted > 0 ? RandomAccess.Read(_handle!, _buffer.AsSpan(_filled, wanted), _offset + _filled) : 0;
            if (read == 0)
            {
                return false;
            }

            _filled += read;
        }

        return true;
    }

    private static SafeFileHandle OpenRead(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
