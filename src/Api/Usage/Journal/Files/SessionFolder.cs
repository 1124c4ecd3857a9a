using System.Globalization;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Names in the folder of one session: <c>session-ID/{lock, 00000001.seg, …, totals.json}</c>.</summary>
internal static class SessionFolder
{
    public const string Pattern = Prefix + "*";
    public const string Extension = ".seg";

    private const string Prefix = "session-";
    private const string Lock = "lock";
    private const string Totals = "totals.json";
    private const string Unwritten = ".new";
    private const int SegmentDigits = 8;
    private const string Unfinished = "new-";

    public static string PathOf(string journal, string session) => Path.Combine(journal, Prefix + session);

    /// <summary>Where a session is prepared: nobody looks there.</summary>
    public static string UnfinishedPathOf(string journal, string session) => Path.Combine(journal, Unfinished + session);

    public static string SegmentPath(string folder, int segment) => Path.Combine(folder, segment.ToString("D" + SegmentDigits, CultureInfo.InvariantCulture) + Extension);

    public static string TotalsPath(string folder) => Path.Combine(folder, Totals);

    /// <summary>Where totals are written, before they take the place of those before.</summary>
    public static string UnwrittenTotalsPath(string folder) => TotalsPath(folder) + Unwritten;

    public static bool IsSession(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>In order.</summary>
    public static int[] Segments(string folder)
    {
        int[] numbers =
        [
            .. Directory.EnumerateFiles(folder, "*" + Extension)
                .Select(NumberOf)
                .Where(number => number > 0),
        ];
        Array.Sort(numbers);
        return numbers;
    }

    /// <summary>Whether the folder holds a session's files and nothing else. Whatever people keep under such a name is not taken for a journal.</summary>
    public static bool IsJournal(string folder)
    {
        var isLocked = false;
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (entry is not FileInfo file || file.Attributes.HasFlag(FileAttributes.ReparsePoint) || !IsOwnName(file.Name) || (file.Name == Lock && file.Length > 0))
                {
                    return false;
                }

                isLocked |= file.Name == Lock;
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Somebody else has just taken it in.
            return false;
        }

        return isLocked;
    }

    public static bool HasSegments(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*" + Extension).Any(path => IsOwnName(Path.GetFileName(path)));

    /// <summary>Makes the lock of a new session, and holds it.</summary>
    public static FileStream CreateLock(string folder) => OpenLock(folder, FileMode.CreateNew);

    /// <summary>Holds a session against other processes; null: somebody else does, or has just taken it in.</summary>
    public static FileStream? TryLock(string folder)
    {
        try
        {
            return OpenLock(folder, FileMode.Open);
        }
        catch (IOException exception) when (IsHeld(exception) || exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Files first, the lock and the folder last: what is left by a crash in between is an empty session. Nothing but a session's own files goes.</summary>
    public static void Delete(string folder)
    {
        foreach (var segment in Segments(folder))
        {
            File.Delete(SegmentPath(folder, segment));
        }

        File.Delete(UnwrittenTotalsPath(folder));
        File.Delete(TotalsPath(folder));
        File.Delete(Path.Combine(folder, Lock));
        Directory.Delete(folder);
    }

    public static long BytesIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*" + Extension).Sum(file => file.Length);
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    // A disk that is read-only or broken fails as well, and holds nothing. EAGAIN is 11 on Linux and 35 on macOS.
    private static bool IsHeld(IOException exception) => OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33 : exception.HResult is 11 or 35;

    private static FileStream OpenLock(string folder, FileMode mode) => new(Path.Combine(folder, Lock), mode, FileAccess.ReadWrite, FileShare.None);

    private static bool IsOwnName(string name) =>
        name is Lock or Totals or Totals + Unwritten
        || (name.EndsWith(Extension, StringComparison.Ordinal) && name.Length >= SegmentDigits + Extension.Length && NumberOf(name) > 0);

    private static int NumberOf(string name) =>
        int.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
