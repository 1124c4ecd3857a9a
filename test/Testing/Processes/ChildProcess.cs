using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Testing.Processes;

/// <summary>A real process with captured output that never outlives its test.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    // Of each of the two outputs: a process may run for hours.
    private const int MostKept = 16 << 20;

    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;
    private const int Suspend = 19;
    private const int Continue = 18;

    private static readonly ConcurrentDictionary<ChildProcess, byte> Running = new();

    private readonly Process process;
    private readonly StreamWriter? log;
    private readonly Lock gate = new();
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Task finished;

    // A test run that is stopped from outside disposes nothing; what it started must not stay.
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Keys)
        {
            left.KillIfRunning();
        }
    };

    // A third of the processor time of a program that lives for seconds goes into compiling again what was compiled already, and into mapping it twice.
    // Benchmarks have it as users do.
    private static readonly KeyValuePair<string, string>[] BriefRuntime =
        [new("DOTNET_EnableWriteXorExecute", "0"), new("DOTNET_TieredPGO", "0"), new("DOTNET_TC_CallCountingDelayMs", "0x1388")];

    private static bool IsBrief => Environment.GetEnvironmentVariable("GATEWAY_TESTS_BRIEF_PROCESSES") == "1";

    private ChildProcess(Process process, StreamWriter? log)
    {
        this.process = process;
        this.log = log;
        Running[this] = 0;
        finished = Task.WhenAll(CaptureAsync(process.StandardOutput, output), CaptureAsync(process.StandardError, errors), process.WaitForExitAsync());
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public string StandardOutput => Read(output);

    public string StandardError => Read(errors);

    public string AllOutput => StandardOutput + StandardError;

    /// <summary>The child's environment is <paramref name="environment"/> plus what any program needs, nothing else of ours.</summary>
    /// <param name="program">Path, or a name on the PATH.</param>
    /// <param name="arguments">Each as it is.</param>
    /// <param name="environment">Names and values.</param>
    /// <param name="workingFolder">Null: ours.</param>
    /// <param name="logFile">Gets what the child says as well, appended.</param>
    /// <param name="keepInput">Its input stays open for <see cref="WriteLineAsync"/>; otherwise it has ended from the start.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingFolder = null, string? logFile = null, bool keepInput = false)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingFolder ?? "",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var name in (string[])["PATH", "HOME", "DOTNET_ROOT", "DOTNET_CLI_HOME", "TMPDIR", "NUGET_PACKAGES", "LANG"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        foreach (var (name, value) in IsBrief ? BriefRuntime : [])
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (!keepInput)
        {
            process.StandardInput.Close();
        }

        return new ChildProcess(process, logFile is null ? null : new StreamWriter(logFile, append: true) { AutoFlush = true });
    }

    /// <summary>Types a line into it.</summary>
    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Presses Ctrl-C (SIGINT) and waits for nothing.</summary>
    public void Interrupt() => _ = SendSignal(process.Id, InterruptSignal);

    /// <summary>Asks it to end (SIGTERM) and waits for nothing.</summary>
    public void Terminate() => _ = SendSignal(process.Id, TerminateSignal);

    /// <summary>Asks it to end (SIGTERM) and waits; after the bound it is killed by its id.</summary>
    public async Task<int> StopAsync(TimeSpan? bound = null)
    {
        if (!process.HasExited && SendSignal(process.Id, TerminateSignal) != 0)
        {
            process.Kill(entireProcessTree: true);
        }

        return await ExitAsync(bound ?? TimeSpan.FromSeconds(15));
    }

    /// <summary>Makes it hang (SIGSTOP): its connections stay open and nothing answers.</summary>
    public void Freeze() => _ = SendSignal(process.Id, Suspend);

    /// <summary>Lets a frozen one go on (SIGCONT).</summary>
    public void Thaw() => _ = SendSignal(process.Id, Continue);

    /// <summary>Ends it as a crash would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        KillIfRunning();
        await finished;
    }

    /// <summary>Waits until it ends by itself; after the bound it is killed and the wait fails.</summary>
    public async Task<int> ExitAsync(TimeSpan bound)
    {
        try
        {
            await finished.WaitAsync(bound);
            return process.ExitCode;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            throw new TimeoutException($"Still running after {bound.TotalSeconds} s:\n{AllOutput}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Running.TryRemove(this, out _);
        process.Dispose();
        log?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    private void KillIfRunning()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private async Task CaptureAsync(StreamReader reader, StringBuilder target)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Keep(line, target);
        }
    }

    private void Keep(string line, StringBuilder target)
    {
        lock (gate)
        {
            log?.WriteLine(line);
            target.Append(line).Append('\n');
            if (target.Length > MostKept)
            {
                target.Remove(0, MostKept / 2);
            }
        }
    }

    private string Read(StringBuilder source)
    {
        lock (gate)
        {
            return source.ToString();
        }
    }
}
