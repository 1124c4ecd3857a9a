namespace Gateway.Grains.Tests.Support;

/// <summary>A file in a folder of its own that goes with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-tests-");
    private bool _isHanging;
    private FileStream? _silentWriter;

    public string Path => System.IO.Path.Combine(_folder.FullName, "status.json");

    public void Write(string text) => File.WriteAllText(Path, text);

    /// <summary>As editors do: a new file takes the place of the old one.</summary>
    public void Replace(string text)
    {
        File.WriteAllText(Path + ".new", text);
        File.Move(Path + ".new", Path, overwrite: true);
    }

    /// <summary>From now on whoever opens it waits, as on a network file system whose server is away.</summary>
    public void Hang()
    {
        File.Delete(Path);
        using var mkfifo = System.Diagnostics.Process.Start(Gateway.Testing.ExternalTool.Require("mkfifo"), [Path]);
        mkfifo.WaitForExit();
        _isHanging = true;
    }

    /// <summary>From now on it can be opened, and whoever reads it waits.</summary>
    public void HangWhenRead()
    {
        Hang();
        _silentWriter = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    public void Delete() => File.Delete(Path);

    public void Dispose()
    {
        if (_silentWriter is not null)
        {
            // Those who wait find the end.
            _silentWriter.Dispose();
        }
        else if (_isHanging)
        {
            // Lets go of those who wait.
            File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose();
        }

        _folder.Delete(recursive: true);
    }
}
