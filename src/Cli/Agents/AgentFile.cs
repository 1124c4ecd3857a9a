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
            File.WriteAllText(scratch, text);
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(scratch, File.GetUnixFileMode(target));
            }

            File.Move(scratch, target, overwrite: true);
            return isKept;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{Path} cannot be written: {failure.Message}");
        }
    }
}
