namespace Gateway.Api.Usage.Journal.Files;

/// <summary>
/// Room that a session keeps for itself on a disk that may fill: before a file can be deleted its totals must be written, and before the journal
/// goes on a new file must be begun. It is the file that totals are written to before they have their name.
/// </summary>
internal static class SpareRoom
{
    private const int LeastBytes = 64 << 10;
    private static readonly byte[] Zeros = new byte[LeastBytes];

    /// <summary>Makes it where it is missing, twice as large as the totals are by now. A disk that refuses is asked again the next time.</summary>
    public static void Make(string folder)
    {
        var path = SessionFolder.UnwrittenTotalsPath(folder);
        try
        {
            var totals = new FileInfo(SessionFolder.TotalsPath(folder));
            var wanted = Math.Max(LeastBytes, totals.Exists ? 2 * totals.Length : 0);
            using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
            stream.Seek(0, SeekOrigin.End);
            while (stream.Length < wanted)
            {
                // Written, since a length alone takes no room.
                stream.Write(Zeros);
                stream.Flush();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As much as there was is kept.
        }
    }

    /// <summary>Gives it back to the disk.</summary>
    public static void Free(string folder) => File.Delete(SessionFolder.UnwrittenTotalsPath(folder));
}
