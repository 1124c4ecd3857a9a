using System.Text;
using System.Text.RegularExpressions;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Tests;

internal sealed partial class SqliteTestDatabase : TestDatabase
{
    private readonly DirectoryInfo _folder;
    private readonly bool _ownsFolder;
    private readonly TimeSpan? _callTimeout;

    public SqliteTestDatabase()
        : this(Directory.CreateTempSubdirectory("gateway-storage-"), ownsFolder: true, callTimeout: null)
    {
    }

    private SqliteTestDatabase(DirectoryInfo folder, bool ownsFolder, TimeSpan? callTimeout) =>
        (_folder, _ownsFolder, _callTimeout) = (folder, ownsFolder, callTimeout);

    public string Path => System.IO.Path.Combine(_folder.FullName, "gateway.db");

    public override TestDatabase Another(TimeSpan? callTimeout = null) => new SqliteTestDatabase(_folder, ownsFolder: false, callTimeout) { Time = Time };

    public override void Configure(StorageOptions options) => options.SqlitePath = Path;

    public override string Bytes(string sql) => Zeros().Replace(sql, "zeroblob(${count})");

    /// <summary>Every byte of its files, the log included.</summary>
    public override async Task<string> ReadAllAsync()
    {
        using var all = new MemoryStream();
        foreach (var file in _folder.EnumerateFiles())
        {
            await using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await stream.CopyToAsync(all);
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_ownsFolder)
        {
            _folder.Delete(recursive: true);
        }
    }

    protected override GatewayDatabase Open(TimeSpan callTimeout) => new SqliteDatabase(Path, _callTimeout ?? callTimeout, Time);

    [GeneratedRegex(@"\{(?<count>\d+) zeros\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Zeros();
}
