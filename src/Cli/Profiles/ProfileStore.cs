using System.Text.Json;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Profiles;

/// <summary>The credential file: mode 0600 in a folder of mode 0700, replaced as a whole, changed by one process at a time.</summary>
public sealed class ProfileStore(CliHost host)
{
    public static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(50);

    public string File { get; } = Path.Combine(FolderOf(host), "credentials.json");

    private string Folder => Path.GetDirectoryName(File)!;

    public async Task<ProfileBook> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            Restrict(File);
            var text = await System.IO.File.ReadAllTextAsync(File, cancellationToken);
            return Parse(text);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ProfileBook();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{File} cannot be read: {failure.Message}");
        }
    }

    /// <summary>Reads, changes and writes while no other process does.</summary>
    /// <param name="change">May take long; answers with the new content, or the same to leave the file alone.</param>
    /// <param name="patience">For other processes to be done.</param>
    /// <param name="cancellationToken">Ends the waiting for them.</param>
    public async Task<ProfileBook> ChangeAsync(Func<ProfileBook, Task<ProfileBook>> change, TimeSpan patience, CancellationToken cancellationToken)
    {
        CreateFolder();
        await using var held = await LockAsync(patience, cancellationToken);
        var before = await ReadAsync(cancellationToken);
        var after = await change(before);
        if (!ReferenceEquals(before, after))
        {
            Write(after);
        }

        return after;
    }

    public Task<ProfileBook> ChangeAsync(Func<ProfileBook, ProfileBook> change, CancellationToken cancellationToken) =>
        ChangeAsync(book => Task.FromResult(change(book)), LockPatience, cancellationToken);

    private static string FolderOf(CliHost host)
    {
        if (host.Setting("XDG_CONFIG_HOME") is { } configured && Path.IsPathRooted(configured))
        {
            return Path.Combine(configured, "gateway");
        }

        return OperatingSystem.IsWindows() ? Path.Combine(host.HomeFolder, ".gateway") : Path.Combine(host.HomeFolder, ".config", "gateway");
    }

    private ProfileBook Parse(string text)
    {
        ProfileBook? book = null;
        try
        {
            book = JsonSerializer.Deserialize<ProfileBook>(text, JsonText.Options);
        }
        catch (JsonException)
        {
            // The reader's own words could quote a secret.
        }

        return book switch
        {
            null => throw new CliException(ExitCodes.Failed, $"{File} is damaged. Remove it and sign in again: gateway login"),
            { Schema: > ProfileBook.CurrentSchema } => throw new CliException(ExitCodes.Failed, $"{File} was written by a newer version of this program. Update it: dotnet tool update"),
            _ => book,
        };
    }

    private void Write(ProfileBook book)
    {
        var scratch = $"{File}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.Delete(scratch);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(scratch, options))
        {
            JsonSerializer.Serialize(stream, book, JsonText.Options);
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(scratch, File, overwrite: true);
    }

    private void CreateFolder()
    {
        try
        {
            const UnixFileMode onlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Folder);
                return;
            }

            if (Path.GetDirectoryName(Folder) is { } parent)
            {
                Directory.CreateDirectory(parent);
            }

            Directory.CreateDirectory(Folder, onlyOwner);
            System.IO.File.SetUnixFileMode(Folder, onlyOwner);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{Folder} cannot be made: {failure.Message}");
        }
    }

    /// <summary>A file that others may read is closed to them again.</summary>
    private static void Restrict(string file)
    {
        const UnixFileMode onlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows() && System.IO.File.Exists(file) && (System.IO.File.GetUnixFileMode(file) & ~onlyOwner) != 0)
        {
            System.IO.File.SetUnixFileMode(file, onlyOwner);
        }
    }

    private async Task<FileStream> LockAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var started = host.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(File + ".lock", options);
            }
            catch (IOException) when (host.Time.GetElapsedTime(started) < patience)
            {
                await Task.Delay(LockInterval, host.Time, cancellationToken);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new CliException(ExitCodes.Failed, $"{File}.lock is held by another process: {failure.Message}");
            }
        }
    }
}
