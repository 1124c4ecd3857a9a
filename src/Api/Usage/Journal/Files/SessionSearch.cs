namespace Gateway.Api.Usage.Journal.Files;

/// <summary>Sessions below a folder, or the folder itself, in order. One folder that cannot be entered hides no other, and is told of.</summary>
internal sealed class SessionSearch
{
    private const int MaxDepth = 4;

    // Of the file system, and root's: every volume has one, and nobody puts a journal there.
    private const string OfTheFileSystem = "lost+found";

    private readonly List<string> _sessions = [];
    private readonly List<(string Folder, string Reason)> _closed = [];

    public SessionSearch(string folder)
    {
        if (SessionFolder.IsSession(folder))
        {
            _sessions.Add(folder);
        }
        else
        {
            Look(folder, 0);
        }
    }

    public IReadOnlyList<string> Sessions => _sessions;

    /// <summary>Folders that cannot be entered, and why.</summary>
    public IReadOnlyList<(string Folder, string Reason)> Closed => _closed;

    private void Look(string folder, int depth)
    {
        foreach (var below in FoldersIn(folder))
        {
            if (SessionFolder.IsSession(below))
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
            // It has just been taken in, or was never there.
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Whoever takes in a session finds out by themselves.
            if (!SessionFolder.IsSession(folder))
            {
                _closed.Add((folder, failure.Message));
            }

            return [];
        }
    }
}
