using Gateway.Grains.Manifests.Parsing;

namespace Gateway.Grains.Manifests.Fetching;

/// <summary>
/// A small file that is looked at often. Its stamp is polled instead of subscribed to: this also sees files that editors replace,
/// links that are switched (Kubernetes), and network file systems. Where the file system hangs, so does one thread for each of the two
/// tasks here and no more. Not synchronized: one caller at a time.
/// </summary>
internal sealed class WatchedFile(string path, TimeProvider time)
{
    /// <summary>How long a look may hold up whoever asks.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private FileStamp? _seen;
    private Task<FileStamp>? _look;
    private Task<Content>? _reading;

    public string Path { get; } = path;

    /// <summary>False also while the file system does not answer; what a late look found is told the next time.</summary>
    public async Task<bool> HasChangedAsync(CancellationToken cancellationToken)
    {
        if (_look is null)
        {
            _look = Task.Run(() => FileStamp.Of(Path), CancellationToken.None);
            await ((Task)_look).WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        if (!_look.IsCompleted)
        {
            return false;
        }

        var look = _look;
        _look = null;
        return await look != _seen;
    }

    /// <exception cref="TimeoutException">What comes later is lost, and the file counts as changed.</exception>
    public async Task<FetchResult> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Not on the caller's scheduler: opening a file blocks.
        _reading = _reading is { IsCompleted: false } hanging ? hanging : Task.Run(ReadNowAsync, CancellationToken.None);
        var content = await _reading.WaitAsync(timeout, time, cancellationToken);
        _seen = content.Stamp;
        return content.Result;
    }

    private async Task<Content> ReadNowAsync()
    {
        // Taken before the content: a change in between is seen as a change next time.
        var stamp = FileStamp.Of(Path);
        return new(stamp, await ReadContentAsync());
    }

    private async Task<FetchResult> ReadContentAsync()
    {
        try
        {
            await using var file = new FileStream(
                Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous);
            var content = await BoundedReader.ReadAsync(file, CancellationToken.None);
            return content is null
                ? new FetchResult.Failed($"The file is larger than {ManifestBounds.DocumentBytes >> 20} MiB.")
                : new FetchResult.Fresh(content.Value, CacheValidators.None);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return new FetchResult.Failed("The file does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            return new FetchResult.Failed("The file may not be read by the user that the gateway runs as.");
        }
        catch (IOException problem)
        {
            return new FetchResult.Failed($"The file could not be read: {problem.Message}");
        }
    }

    private sealed record Content(FileStamp Stamp, FetchResult Result);

    private sealed record FileStamp(DateTime WrittenAt, long Length)
    {
        public static readonly FileStamp Absent = new(DateTime.MinValue, -1);

        public static FileStamp Of(string path)
        {
            try
            {
                // Through a handle, so that a link is followed.
                using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                return new FileStamp(File.GetLastWriteTimeUtc(handle), RandomAccess.GetLength(handle));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // Also of a pipe, which has no length.
                return Absent;
            }
        }
    }
}
