using System.Collections.Immutable;
using System.Security.Cryptography;
using Gateway.Testing.Databases;
using Gateway.Testing.Processes;
using Gateway.Testing.Redis;

namespace Gateway.Testing.Clusters;

/// <summary>
/// A whole cluster on loopback: Redis, PostgreSQL, silos, front-ends and, where wanted, nginx. Each part can be started, killed, stopped,
/// paused and started again by itself; nothing outlives the rig.
/// </summary>
public sealed class ClusterRig : IAsyncDisposable
{
    private readonly ClusterSetup setup;
    private readonly TempFolder? ownFolder;
    private readonly ClusterPorts ports;

    private ClusterRig(ClusterSetup setup, RedisServer redis, PostgresServer postgres)
    {
        this.setup = setup;
        (Redis, Postgres) = (redis, postgres);
        AdminKey = setup.Environment.GetValueOrDefault("GATEWAY_ADMIN_KEY") ?? NewSecret();
        ports = new ClusterPorts(setup.FirstPort);
        ownFolder = setup.Folder is null ? new TempFolder() : null;
        Folder = ownFolder?.Path ?? Path.GetFullPath(setup.Folder!);
        Directory.CreateDirectory(Folder);
        AdminKeyPath = Path.Combine(Folder, "admin-key");
        File.WriteAllText(AdminKeyPath, AdminKey);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(AdminKeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Silos = [.. Enumerable.Range(1, setup.Silos).Select(NewSilo)];
        FrontEnds = [.. Enumerable.Range(1, setup.FrontEnds).Select(NewFrontEnd)];
    }

    public string AdminKey { get; }

    public string ClusterSecret { get; } = NewSecret();

    /// <summary>The file that holds <see cref="AdminKey"/>.</summary>
    public string AdminKeyPath { get; }

    /// <summary>Data and logs.</summary>
    public string Folder { get; }

    public string ManifestPath => Path.Combine(Folder, "status.json");

    public RedisServer Redis { get; }

    public PostgresServer Postgres { get; }

    public ImmutableArray<SiloPart> Silos { get; }

    public ImmutableArray<FrontEndPart> FrontEnds { get; }

    public NginxProcess? Nginx { get; private set; }

    public IEnumerable<ClusterPart> Parts => [.. Silos, .. FrontEnds];

    /// <summary>Prepares a cluster of which nothing runs. Skips the test where Redis or PostgreSQL is not installed.</summary>
    public static async Task<ClusterRig> PrepareAsync(ClusterSetup setup)
    {
        var redis = RedisServer.Reserve();
        var postgres = await PostgresServer.CreateAsync();
        var rig = new ClusterRig(setup, redis, postgres);
        if (setup.Manifest is { } manifest)
        {
            rig.WriteManifest(manifest);
        }

        return rig;
    }

    /// <summary>Starts all parts and waits until every one is ready.</summary>
    public static async Task<ClusterRig> StartAsync(ClusterSetup setup)
    {
        var rig = await PrepareAsync(setup);
        try
        {
            await rig.StartAllAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts all parts of a prepared cluster and waits until every one is ready.</summary>
    public async Task StartAllAsync()
    {
        try
        {
            await Task.WhenAll(Redis.RestartAsync(), Postgres.StartAgainAsync());
            await Task.WhenAll(Parts.Select(part => part.LaunchAsync()));
            await UntilReadyAsync();
            if (setup.WithNginx)
            {
                await StartNginxAsync();
            }
        }
        catch (Exception failure)
        {
            var outputs = string.Join("\n", Parts.Select(part => $"--- {part.Name}\n{part.Output}"));
            throw new InvalidOperationException($"The cluster did not get ready ({failure.Message}).\n{outputs}", failure);
        }
    }

    public Task UntilReadyAsync() => Task.WhenAll(Parts.Select(part => part.UntilReadyAsync()));

    public async Task StartNginxAsync() =>
        Nginx = await NginxProcess.StartOnAsync(ports.Next(), [.. FrontEnds.Select(frontEnd => new Uri(frontEnd.Origin).Authority)]);

    /// <summary>Replaces the manifest; silos that watch it see it within a second.</summary>
    public void WriteManifest(string manifest)
    {
        // Readers poll this file: they must never see half of it.
        File.WriteAllText(ManifestPath + ".new", manifest);
        File.Move(ManifestPath + ".new", ManifestPath, overwrite: true);
    }

    /// <summary>One more silo, not started yet, which is no part of <see cref="Silos"/>; whoever asks for it disposes of it.</summary>
    public SiloPart NewSilo(int number)
    {
        var (health, silo) = ($"http://127.0.0.1:{ports.Next()}", ports.Next());
        var environment = Settings();
        environment["SILO_HTTP_URLS"] = health;
        environment["SILO_PORT"] = silo.ToString(System.Globalization.CultureInfo.InvariantCulture);
        environment["SILO_GATEWAY_PORT"] = ports.Next().ToString(System.Globalization.CultureInfo.InvariantCulture);
        environment["DATA_DIR"] = Path.Combine(Folder, $"silo-{number}");
        return new SiloPart($"silo-{number}", Programs.Silo, health, silo, environment, Logs);
    }

    /// <summary>One more front-end; see <see cref="NewSilo"/>.</summary>
    public FrontEndPart NewFrontEnd(int number)
    {
        var (origin, admin) = ($"http://127.0.0.1:{ports.Next()}", $"http://127.0.0.1:{ports.Next()}");
        var environment = Settings();
        environment["ASPNETCORE_URLS"] = origin;
        environment["GATEWAY_ADMIN_URLS"] = admin;
        environment["DATA_DIR"] = Path.Combine(Folder, $"frontend-{number}");
        return new FrontEndPart($"frontend-{number}", Programs.Api, origin, admin, AdminKey, environment, Logs);
    }

    public async ValueTask DisposeAsync()
    {
        if (Nginx is not null)
        {
            await Nginx.DisposeAsync();
        }

        foreach (var part in Parts)
        {
            await part.DisposeAsync();
        }

        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        ownFolder?.Dispose();
    }

    private string Logs => Path.Combine(Folder, "logs");

    private Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["DOTNET_NOLOGO"] = "1",
            ["GATEWAY_HOME"] = Folder,
            ["METIS_STATUS_URL"] = ManifestPath,
            ["REDIS_URL"] = "redis://" + Redis.Address,
            ["DATABASE_URL"] = Postgres.Url(),
            ["CLUSTER_SECRET"] = ClusterSecret,
            ["GATEWAY_ADMIN_KEY"] = AdminKey,
        };
        foreach (var (name, value) in setup.Environment)
        {
            settings[name] = value;
        }

        return settings;
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
