using System.Globalization;
using System.Security.Cryptography;
using Gateway.Testing.Processes;
using Npgsql;

namespace Gateway.Testing.Databases;

/// <summary>
/// A real PostgreSQL of one's own on a free loopback port, ended by its process id. It keeps nothing over a power cut, everything over a
/// crash, and speaks only to those who know its password.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "gateway";

    // Small, and without waiting for the disk: what is tested is the gateway. Commits are still handed to the system one by one:
    // synchronous_commit=off would lose the newest ones with a killed server.
    private static readonly string[] Options =
    [
        "fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", "unix_socket_directories=",
        "shared_buffers=16MB", "max_connections=200", "logging_collector=off", "log_min_messages=warning", "autovacuum=off",
        "max_wal_size=256MB", "checkpoint_timeout=1h", "wal_level=minimal", "max_wal_senders=0",
    ];

    private readonly TempFolder folder;
    private ChildProcess? process;

    private PostgresServer(TempFolder folder) => this.folder = folder;

    public int Port { get; } = FreePort.Next();

    /// <summary>Of its own, so that a search for it in logs finds nothing by chance.</summary>
    public string Password { get; } = "pg-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>What it said, since its last start.</summary>
    public string Log => process?.AllOutput ?? "";

    /// <summary>Makes a cluster and starts it. Without PostgreSQL the test is skipped, or fails where <c>GATEWAY_TESTS_REQUIRE_ALL=1</c>.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var server = await CreateAsync();
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a cluster that does not run yet.</summary>
    public static async Task<PostgresServer> CreateAsync()
    {
        if (!PostgresPrograms.AreInstalled)
        {
            ExternalTool.RefuseOrSkip("needs PostgreSQL, which is not installed (eng/test.sh installs it)");
        }

        var server = new PostgresServer(new TempFolder());
        var password = server.folder.Write("password", server.Password);
        await PostgresPrograms.HandOverAsync(server.folder.Path);
        await using var making = PostgresPrograms.Start(
            "initdb", "-D", server.Data, "-U", User, "-A", "scram-sha-256", "--pwfile", password, "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions");
        return await making.ExitAsync(TimeSpan.FromMinutes(2)) == 0
            ? server
            : throw new InvalidOperationException($"initdb failed:\n{making.AllOutput}");
    }

    /// <summary>Value of <c>DATABASE_URL</c>.</summary>
    public string Url(string database = "postgres") => $"postgres://{User}:{Password}@127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/{database}";

    /// <summary>For a driver; without pooling, so that nothing of it stays.</summary>
    public string ConnectionString(string database = "postgres") =>
        $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Database={database};Username={User};Password={Password};Pooling=false;Timeout=5;GSS Encryption Mode=Disable";

    /// <summary>Makes an empty database with a name of its own.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        await ExecuteAsync($"CREATE DATABASE {name}");
        return name;
    }

    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Starts it on the same data and port.</summary>
    public async Task StartAgainAsync()
    {
        var options = Options.Append($"port={Port.ToString(CultureInfo.InvariantCulture)}").SelectMany(option => (string[])["-c", option]);
        process = PostgresPrograms.Start("postgres", ["-D", Data, .. options]);
        await Eventually.TrueAsync(
            async () => process.HasExited ? throw new InvalidOperationException($"PostgreSQL ended:\n{Log}") : await AnswersAsync(),
            "PostgreSQL accepts connections",
            TimeSpan.FromSeconds(60));
    }

    /// <summary>Ends it in order, as an operator does: sessions are told and closed ("fast").</summary>
    public async Task StopAsync()
    {
        const int Interrupt = 2;
        ProcessFamily.Send(process!.Id, Interrupt);
        await process.ExitAsync(TimeSpan.FromSeconds(30));
        await EndAsync();
    }

    /// <summary>Ends it as a crash does (SIGKILL): nobody is told.</summary>
    public Task KillAsync() => EndAsync();

    /// <summary>Connections stay open and nothing answers, until <see cref="Thaw"/>.</summary>
    public void Freeze() => ProcessFamily.Freeze(process!.Id);

    public void Thaw() => ProcessFamily.Thaw(process!.Id);

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        folder.Dispose();
    }

    private string Data => folder.File("data");

    private async Task EndAsync()
    {
        if (process is { } running)
        {
            process = null;
            await running.DisposeAsync();
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await ScalarAsync<int>("SELECT 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
