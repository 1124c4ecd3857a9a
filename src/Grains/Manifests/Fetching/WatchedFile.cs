using Gateway.Grains.Manifests.Parsing;

namespace Gateway.Grains.Manifests.Fetching;

/// <summary>
/// A small file that is looked at often. Its stamp is polled instead of subscribed to: this also sees files that editors replace,
/// links that are switched (Kubernetes), and network file systems.
/// </summary>
internal sealed class WatchedFile(string path)
{
    private FileStamp? _seen;

    public string Path { get; } = path;

    public Task<bool> HasChangedAsync(CancellationToken cancellationToken) =>
        Task.Run(() => FileStamp.Of(Path) != Volatile.Read(ref _seen), cancellationToken);

    public async Task<FetchResult> ReadAsync(CancellationToken cancellationToken)
    {
        // Taken before the content: a change in between is seen as a change next time.
        var stamp = await Task.Run(() => FileStamp.Of(Path), cancellationToken);
        Volatile.Write(ref _seen, stamp);
        try
        {
            await using var file = new FileStream(
                Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous);
            var content = await BoundedReader.ReadAsync(file, cancellationToken);
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
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                return Absent;
            }
        }
    }
}
