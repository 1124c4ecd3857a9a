using System.Globalization;

namespace Gateway.Cli.Journals;

/// <summary>A session of a front-end's journal, held against other processes: <c>session-ID/{lock, 00000001.seg, …, totals.json}</c>.</summary>
internal sealed class JournalFolder : IDisposable
{
    private const string Prefix = "session-";
    private const string Extension = ".seg";
    private const string Lock = "lock";
    private const string Totals = "totals.json";
    private const string UnwrittenTotals = Totals + ".new";
    private const int SegmentDigits = 8;

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly (int Number, FileInfo File)[] _files;

    private JournalFolder(string path, FileStream held)
    {
        _path = path;
        _lock = held;
        var folder = new DirectoryInfo(path);
        _files =
        [
            .. folder.EnumerateFiles(Totals).Select(file => (0, file)),
            .. folder.EnumerateFiles("*" + Extension).Select(file => (Number: NumberOf(file.Name), File: file)).Where(segment => segment.Number > 0).OrderBy(segment => segment.Number),
        ];
        _files = [.. _files.Where(part => part.File.Length > 0)];
    }

    /// <summary>Nothing was written, or all of it was taken in: totals are the last thing to go.</summary>
    public bool IsEmpty => _files.All(part => part.Number == 0);

    /// <summary>Whether it is named as one.</summary>
    public static bool IsSession(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether a folder holds a session's files and nothing else. Whatever people keep under such a name is not taken for a journal.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public static bool IsJournal(string path)
    {
        var isLocked = false;
        try
        {
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
            {
                if (entry is not FileInfo file || file.Attributes.HasFlag(FileAttributes.ReparsePoint) || !IsOwnName(file.Name) || (file.Name == Lock && file.Length > 0))
                {
                    return false;
                }

                isLocked |= file.Name == Lock;
            }
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // A front-end has just taken it in.
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(path, failure);
        }

        return isLocked;
    }

    /// <summary>A journal of which something is missing, or that somebody added to.</summary>
    public static bool HasSegments(string path) => Directory.Exists(path) && Directory.EnumerateFiles(path, "*" + Extension).Any(file => IsOwnName(Path.GetFileName(file)));

    /// <summary>Null: a process holds it, or has just taken it in.</summary>
    /// <exception cref="JournalException">It cannot be read and deleted.</exception>
    public static JournalFolder? TryOpen(string path)
    {
        try
        {
            var held = new FileStream(Path.Combine(path, Lock), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return new JournalFolder(path, held);
        }
        catch (IOException failure) when (IsHeld(failure) || failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(path, failure);
        }
    }

    public HttpContent CreateContent() => new JournalContent(_path, _files);

    /// <summary>Files first, the lock and the folder last: what is left by a crash in between is an empty session. Nothing but a session's own files goes.</summary>
    /// <exception cref="JournalException">Some of it is still there.</exception>
    public void Delete()
    {
        try
        {
            foreach (var file in new DirectoryInfo(_path).EnumerateFiles().Where(file => file.Name != Lock && IsOwnName(file.Name)))
            {
                file.Delete();
            }

            File.Delete(Path.Combine(_path, Lock));
            Directory.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(_path, failure);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static bool IsOwnName(string name) =>
        name is Lock or Totals or UnwrittenTotals
        || (name.EndsWith(Extension, StringComparison.Ordinal) && name.Length >= SegmentDigits + Extension.Length && NumberOf(name) > 0);

    private static int NumberOf(string name) =>
        int.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // A disk that is read-only or broken fails as well, and holds nothing. EAGAIN is 11 on Linux and 35 on macOS.
    private static bool IsHeld(IOException failure) => OperatingSystem.IsWindows() ? (failure.HResult & 0xFFFF) is 32 or 33 : failure.HResult is 11 or 35;
}
