namespace Gateway.Grains.Tests.Support;

/// <summary>A file in a folder of its own that goes with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-tests-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "status.json");

    public void Write(string text) => File.WriteAllText(Path, text);

    /// <summary>As editors do: a new file takes the place of the old one.</summary>
    public void Replace(string text)
    {
        File.WriteAllText(Path + ".new", text);
        File.Move(Path + ".new", Path, overwrite: true);
    }

    public void Delete() => File.Delete(Path);

    public void Dispose() => _folder.Delete(recursive: true);
}
