using Gateway.Api.Usage.Journal.Files;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Deletes files of the living session whose records are in the ledger, always the oldest one first.</summary>
/// <remarks>
/// 1. Intents of the file that are still open are written anew: their outcome may take an hour, the room is needed now. A file that
///    consists of such intents for the most part stays: writing it anew would gain little, and could go on for ever.
/// 2. The sums of charges up to the end of the file are written down.
/// 3. An intent that was completed before (1) has its outcome further on: the file stays until the ledger has all that was written by then, and
///    until what was written anew survives a power cut as well as this file does.
/// </remarks>
internal sealed class SegmentCleaner(UsageJournal journal, ChargeSums sums)
{
    private const double MostOpen = 0.75;

    private readonly Queue<LeftSegment> _left = [];

    /// <param name="segment">All of it was read.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="charges">Over the outcomes in it.</param>
    public void Leave(int segment, int bytes, ChargeSums charges) => _left.Enqueue(new LeftSegment(segment, bytes, charges));

    /// <param name="shipped">The ledger has every outcome before this place.</param>
    /// <param name="open">Intents whose outcome has not been read.</param>
    public void Clean(long shipped, IReadOnlyCollection<OpenIntent> open)
    {
        while (_left.TryPeek(out var oldest) && shipped >= JournalPlace.Of(oldest.Segment, oldest.Bytes))
        {
            if (oldest.NeededUntil == 0 && !TryCarry(oldest, open))
            {
                return;
            }

            if (oldest.NeededUntil > shipped || oldest.CarriedTo > journal.FlushedEnd || !TryDelete(oldest))
            {
                return;
            }

            _left.Dequeue();
        }
    }

    /// <summary>Over all files that were left, deleted ones included.</summary>
    public ChargeSums Sum()
    {
        foreach (var left in _left)
        {
            if (left.NeededUntil == 0)
            {
                sums.Add(left.Charges);
            }
        }

        _left.Clear();
        return sums;
    }

    private bool TryCarry(LeftSegment left, IReadOnlyCollection<OpenIntent> open)
    {
        var before = journal.End;
        OpenIntent[] here = [.. open.Where(intent => intent.Segment == left.Segment)];
        if (here.Sum(intent => (long)intent.Frame.Length) > left.Bytes * MostOpen || !Array.TrueForAll(here, intent => journal.TryCarry(intent.Frame)))
        {
            return false;
        }

        sums.Add(left.Charges);
        left.NeededUntil = journal.End;
        left.CarriedTo = here.Length == 0 || left.NeededUntil == before ? 0 : left.NeededUntil;
        return true;
    }

    private bool TryDelete(LeftSegment left)
    {
        try
        {
            lock (journal.Totals)
            {
                sums.Save(journal.Folder, left.Segment);
                File.Delete(SessionFolder.SegmentPath(journal.Folder, left.Segment));
                SpareRoom.Make(journal.Folder);
            }

            journal.Forget(left.Bytes);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed class LeftSegment(int segment, int bytes, ChargeSums charges)
    {
        public int Segment => segment;

        public int Bytes => bytes;

        public ChargeSums Charges => charges;

        /// <summary>0: its open intents are not written anew yet.</summary>
        public long NeededUntil { get; set; }

        /// <summary>The copies are before it; 0: there are none.</summary>
        public long CarriedTo { get; set; }
    }
}

/// <summary>An intent without an outcome so far.</summary>
/// <param name="Frame">As it was read.</param>
/// <param name="Segment">The file with its latest copy.</param>
internal sealed record OpenIntent(byte[] Frame, int Segment);
