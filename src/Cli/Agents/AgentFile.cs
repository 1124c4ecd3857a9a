using System.Text;
using Gateway.Cli.Host;

namespace Gateway.Cli.Agents;

/// <summary>A configuration file that is not ours: changed as a whole, through links, keeping its mode; the first change leaves a copy of the original.</summary>
internal sealed class AgentFile(string path)
{
    private const int LargestBytes = 4 << 20;

    public string Path { get; } = path;

    public string Backup => Path + ".before-gateway";

    /// <summary>Null: there is none.</summary>
    public string? Read()
    {
        try
        {
            return new FileInfo(Path) is { Exists: true } file
                ? file.Length <= LargestBytes ? File.ReadAllText(Path) : throw new CliException(ExitCodes.Failed, $"{Path} is too large to be a configuration file")
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{Path} cannot be read: {failure.Message}");
        }
    }

    /// <summary>True: a copy of the original was made.</summary>
    public bool Write(string text)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
            var target = new FileInfo(Path).LinkTarget is null ? Path : File.ResolveLinkTarget(Path, returnFinalTarget: true)!.FullName;
            var isKept = File.Exists(target) && !File.Exists(Backup);
            if (isKept)
            {
                File.Copy(target, Backup);
            }

            var scratch = $"{target}.{Environment.ProcessId}.new";
            using (var stream = CreateLike(target, scratch))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
            }

            File.Move(scratch, target, overwrite: true);
            return isKept;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{Path} cannot be written: {failure.Message}");
        }
    }

    /// <summary>A new file with the mode of another, if that is there, from its first byte on: it may hold secrets.</summary>
    internal static FileStream CreateLike(string original, string path)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows() || !File.Exists(original))
        {
            return new FileStream(path, options);
        }

        var mode = File.GetUnixFileMode(original);
        options.UnixCreateMode = mode;
        var stream = new FileStream(path, options);
        try
        {
            // What the umask took away.
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
