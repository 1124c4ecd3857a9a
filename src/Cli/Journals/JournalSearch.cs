using Gateway.Cli.Host;

namespace Gateway.Cli.Journals;

/// <summary>Sessions below a folder, or the folder itself, in order. One folder that cannot be entered hides no other.</summary>
internal sealed class JournalSearch
{
    private const int MaxDepth = 4;

    // Of the file system, and root's: every volume has one, and nobody puts a journal there.
    private const string OfTheFileSystem = "lost+found";

    private readonly List<string> _sessions = [];
    private readonly List<JournalException> _closed = [];

    /// <exception cref="CliException">There is no such folder that one may enter.</exception>
    public JournalSearch(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw CliException.Usage($"There is no folder {folder} that you may enter");
        }

        if (JournalFolder.IsSession(folder))
        {
            _sessions.Add(folder);
        }
        else
        {
            Look(folder, 0);
        }
    }

    public IReadOnlyList<string> Sessions => _sessions;

    /// <summary>Folders that cannot be entered, and may hold sessions.</summary>
    public IReadOnlyList<JournalException> Closed => _closed;

    private void Look(string folder, int depth)
    {
        foreach (var below in FoldersIn(folder))
        {
            if (JournalFolder.IsSession(below))
            {
                _sessions.Add(below);
            }

            if (depth < MaxDepth)
            {
                Look(below, depth + 1);
            }
        }
    }

    private IEnumerable<string> FoldersIn(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetDirectories()
                .Where(below => !below.Attributes.HasFlag(FileAttributes.ReparsePoint) && below.Name != OfTheFileSystem)
                .Select(below => below.FullName).Order(StringComparer.Ordinal);
        }
        catch (DirectoryNotFoundException)
        {
            // A front-end has just taken it in.
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Of a session this is found out, and told, where it is taken in.
            if (!JournalFolder.IsSession(folder))
            {
                _closed.Add(new JournalException(folder, failure));
            }

            return [];
        }
    }
}
