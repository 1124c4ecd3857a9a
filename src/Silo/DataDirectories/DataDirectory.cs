using System.Security.Cryptography;
using Gateway.Silo.Settings.Readers;

namespace Gateway.Silo.DataDirectories;

/// <summary>The folder that one process owns: database, identity and the secrets of the first start.</summary>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string DemoKeyName = "demo-key";
    private const string ManifestMark = "manifest-seen";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held, bool othersMayEnter)
    {
        Path = path;
        _lock = held;
        OthersMayEnter = othersMayEnter;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>The mode could not be narrowed to 0700; the folder belongs to another user.</summary>
    public bool OthersMayEnter { get; }

    /// <summary>A manifest that is not the demo's was once in force here.</summary>
    public bool HeldManifest => HeldManifestIn(Path);

    public string DemoManifestPath => In("demo-manifest.json");

    public string AdminKeyPath => In("admin-key");

    /// <summary>As <see cref="HeldManifest"/>, of a folder that is only looked at.</summary>
    public static bool HeldManifestIn(string path) => File.Exists(System.IO.Path.Combine(path, ManifestMark));

    /// <summary>Makes the folder where it is missing and locks it for this process.</summary>
    /// <exception cref="StartException">Another process has it, or this user may not use it.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            var othersMayEnter = Create(path);
            return new DataDirectory(path, Lock(path), othersMayEnter);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"DATA_DIR: the folder {path} cannot be made or written by this user; correct its owner or set DATA_DIR to another folder.", exception);
        }
    }

    public string ReadOrCreateNodeId() =>
        OwnerOnlyFile.ReadOrCreate(In("node-id"), () => "node-" + RandomNumberGenerator.GetHexString(12, lowercase: true), text => text.Length is > 0 and <= 64).Text;

    public string ReadOrCreateClusterSecret() => OwnerOnlyFile.ReadOrCreate(In("cluster-secret"), NewSecret, IsSecret).Text;

    public (string Key, bool Created) ReadOrCreateAdminKey() => OwnerOnlyFile.ReadOrCreate(AdminKeyPath, NewSecret, IsSecret);

    public string? ReadDemoKey() => File.Exists(In(DemoKeyName)) ? File.ReadAllText(In(DemoKeyName)).Trim() : null;

    public void WriteDemoKey(string text) => OwnerOnlyFile.Write(In(DemoKeyName), text);

    public void RemoveDemoKey() => File.Delete(In(DemoKeyName));

    /// <summary>Ends demo mode for this folder for good.</summary>
    public void MarkManifestHeld()
    {
        if (!HeldManifest)
        {
            OwnerOnlyFile.Write(In(ManifestMark), "A manifest was in force here, so demo mode is over for this folder.");
        }
    }

    public void Dispose() => _lock.Dispose();

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private static bool Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return false;
        }

        Directory.CreateDirectory(path, OwnerOnly);
        try
        {
            File.SetUnixFileMode(path, OwnerOnly);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // Volumes of container platforms belong to another user and admit this one by its group.
            return true;
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new StartException($"DATA_DIR: the folder {path} is in use by another gateway process; stop that one or set DATA_DIR to another folder.", exception);
        }
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static bool IsSecret(string text) => IdentitySettings.ProblemOf(text) is null;
}
