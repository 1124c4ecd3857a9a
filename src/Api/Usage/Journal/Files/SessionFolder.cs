using System.Globalization;

namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Names in the folder of one session: <c>session-ID/{lock, 00000001.seg, …, totals.json}</c>.</summary>
internal static class SessionFolder
{
    public const string Pattern = Prefix + "*";
    public const string Extension = ".seg";

    private const string Prefix = "session-";
    private const string Unfinished = "new-";

    public static string PathOf(string journal, string session) => Path.Combine(journal, Prefix + session);

    /// <summary>Where a session is prepared: nobody looks there.</summary>
    public static string UnfinishedPathOf(string journal, string session) => Path.Combine(journal, Unfinished + session);

    public static string SegmentPath(string folder, int segment) => Path.Combine(folder, segment.ToString("D8", CultureInfo.InvariantCulture) + Extension);

    public static string TotalsPath(string folder) => Path.Combine(folder, "totals.json");

    public static bool IsSession(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>In order.</summary>
    public static int[] Segments(string folder)
    {
        int[] numbers =
        [
            .. Directory.EnumerateFiles(folder, "*" + Extension)
                .Select(path => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
                .Where(number => number > 0),
        ];
        Array.Sort(numbers);
        return numbers;
    }

    /// <summary>Holds a session against other processes; null: somebody else does.</summary>
    public static FileStream? TryLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    /// <summary>Files first, the lock with the folder last: what is left by a crash in between is an empty session.</summary>
    public static void Delete(string folder)
    {
        foreach (var segment in Segments(folder))
        {
            File.Delete(SegmentPath(folder, segment));
        }

        Directory.Delete(folder, recursive: true);
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
}
