using Gateway.Api.Usage.Journal.Files;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Deletes files of the living session whose records are in the ledger.</summary>
/// <remarks>
/// 1. Intents that are open are written anew: their outcome may take an hour, the file's room is needed now.
/// 2. The sums of charges up to the end of the file are written down.
/// 3. An intent that was completed before (1) has its outcome further on: the file stays until the ledger has all that was written by then.
/// </remarks>
internal sealed class SegmentCleaner(UsageJournal journal)
{
    private readonly Queue<Left> _left = [];

    /// <param name="segment">All of it was read and shipped.</param>
    /// <param name="place">Its end.</param>
    /// <param name="open">Intents without an outcome up to there.</param>
    /// <param name="sums">Over all charges up to there.</param>
    /// <returns>False: not now; nothing is lost by trying again.</returns>
    public bool TryLeave(int segment, long place, IEnumerable<byte[]> open, ChargeSums sums)
    {
        foreach (var frame in open)
        {
            if (!journal.TryCarry(frame))
            {
                return false;
            }
        }

        try
        {
            sums.Save(journal.Folder, segment);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        _left.Enqueue(new Left(segment, JournalPlace.OffsetOf(place), journal.End));
        return true;
    }

    /// <param name="shipped">The ledger has every outcome before this place.</param>
    public void Clean(long shipped)
    {
        while (_left.TryPeek(out var left) && left.NeededUntil <= shipped)
        {
            try
            {
                File.Delete(SessionFolder.SegmentPath(journal.Folder, left.Segment));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return;
            }

            _left.Dequeue();
            journal.Forget(left.Bytes);
        }
    }

    private sealed record Left(int Segment, int Bytes, long NeededUntil);
}
