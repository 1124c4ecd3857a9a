using System.Globalization;
using Gateway.Cli.Host;

namespace Gateway.Cli.Journals;

/// <summary>A session of a front-end's journal, held against other processes: <c>session-ID/{lock, 00000001.seg, …, totals.json}</c>.</summary>
internal sealed class JournalFolder : IDisposable
{
    private const string Prefix = "session-";
    private const string Extension = ".seg";
    private const string Totals = "totals.json";
    private const int MaxDepth = 4;

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
            .. folder.EnumerateFiles("*" + Extension).Select(file => (Number: NumberOf(file), File: file)).Where(segment => segment.Number > 0).OrderBy(segment => segment.Number),
        ];
        _files = [.. _files.Where(part => part.File.Length > 0)];
    }

    /// <summary>Nothing was written.</summary>
    public bool IsEmpty => _files.Length == 0;

    /// <summary>Sessions below a folder, or the folder itself.</summary>
    /// <exception cref="CliException">It is not there, or not this user's to read.</exception>
    public static IReadOnlyList<string> Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw CliException.Usage($"There is no folder {folder} that you may enter");
        }

        if (Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).StartsWith(Prefix, StringComparison.Ordinal))
        {
            return [folder];
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint };
        try
        {
            return [.. Directory.EnumerateDirectories(folder, Prefix + "*", options).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException failure)
        {
            throw NotAllowed(failure);
        }
    }

    /// <summary>Null: a process holds it.</summary>
    /// <exception cref="CliException">It is not this user's to read and delete.</exception>
    public static JournalFolder? TryOpen(string path)
    {
        try
        {
            var held = new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new JournalFolder(path, held);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw NotAllowed(failure);
        }
        catch (IOException failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    public HttpContent CreateContent() => new JournalContent(_files);

    /// <summary>Files first, the lock with the folder last: what is left by a crash in between is an empty session.</summary>
    public void Delete()
    {
        foreach (var (_, file) in _files)
        {
            file.Delete();
        }

        Directory.Delete(_path, recursive: true);
    }

    public void Dispose() => _lock.Dispose();

    private static int NumberOf(FileInfo file) =>
        int.TryParse(Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static CliException NotAllowed(UnauthorizedAccessException failure) =>
        new(ExitCodes.Failed, $"{failure.Message.TrimEnd('.')}. Run this as the user of the front-end, or as root");
}
