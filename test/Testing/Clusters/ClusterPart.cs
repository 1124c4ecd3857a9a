using System.Net;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Clusters;

/// <summary>A silo or front-end of the cluster: the same settings and ports in every life of its process.</summary>
public abstract class ClusterPart(string name, string program, string healthOrigin, Dictionary<string, string> environment, string logFolder) : IAsyncDisposable
{
    public static readonly TimeSpan StartBound = TimeSpan.FromSeconds(120);

    private readonly SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };
    private HttpClient? health;
    private ChildProcess? process;

    public string Name { get; } = name;

    /// <summary>Where <c>/health/…</c> is.</summary>
    public string HealthOrigin { get; } = healthOrigin;

    /// <summary>Settings for its next start.</summary>
    public Dictionary<string, string> Environment { get; } = environment;

    /// <summary>The built program; another one for the next start makes an upgrade.</summary>
    public string Program { get; set; } = program;

    public ChildProcess Process => process ?? throw new InvalidOperationException($"{Name} was never started.");

    /// <summary>What its last process said.</summary>
    public string Output => process?.AllOutput ?? "";

    public bool IsRunning => process is { HasExited: false };

    private HttpClient Health => health ??= new HttpClient(handler, disposeHandler: false) { BaseAddress = new Uri(HealthOrigin), Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Starts its process and waits for nothing.</summary>
    public async Task LaunchAsync()
    {
        if (process is { } before)
        {
            process = null;
            await before.DisposeAsync();
        }

        Directory.CreateDirectory(logFolder);
        process = ChildProcess.Start("dotnet", [Program], Environment, logFile: Path.Combine(logFolder, Name + ".log"));
    }

    public async Task StartAsync()
    {
        await LaunchAsync();
        await UntilReadyAsync();
    }

    /// <summary>Waits until <c>/health/ready</c> says yes; fails at once when the process ends.</summary>
    public Task UntilReadyAsync(TimeSpan? bound = null) => UntilHealthyAsync("/health/ready", bound);

    /// <summary>As <see cref="UntilReadyAsync"/>, of <c>/health/live</c>.</summary>
    public Task UntilAliveAsync() => UntilHealthyAsync("/health/live", null);

    /// <summary>Null: no answer.</summary>
    public async Task<HealthAnswer?> HealthAsync(string path)
    {
        try
        {
            using var answer = await Health.GetAsync(path);
            return new HealthAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Ends it in order (SIGTERM).</summary>
    public Task<int> StopAsync(TimeSpan? bound = null) => Process.StopAsync(bound ?? TimeSpan.FromSeconds(60));

    /// <summary>Ends it as a crash does (SIGKILL).</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Makes it hang (SIGSTOP).</summary>
    public void Pause() => Process.Freeze();

    public void Resume() => Process.Thaw();

    public async ValueTask DisposeAsync()
    {
        health?.Dispose();
        handler.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async Task UntilHealthyAsync(string path, TimeSpan? bound)
    {
        try
        {
            await Eventually.TrueAsync(
                async () => Process.HasExited
                    ? throw new InvalidOperationException($"{Name} ended with exit code {Process.ExitCode}:\n{Output}")
                    : await HealthAsync(path) is { Status: HttpStatusCode.OK },
                $"{Name} says yes at {path}",
                bound ?? StartBound);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"{timeout.Message}. Its output:\n{Tail()}", timeout);
        }
    }

    private string Tail() => Output is { Length: > 4_000 } output ? output[^4_000..] : Output;
}

public sealed record HealthAnswer(HttpStatusCode Status, string Body);
