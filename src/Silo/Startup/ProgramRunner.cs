using Gateway.Silo.Checking;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Startup;

/// <summary>Runs a program: everything that can go wrong before serving ends it with exit code 1 and one line per mistake.</summary>
public static class ProgramRunner
{
    private const int Failed = 1;

    private static readonly TimeSpan StopAfterFailure = TimeSpan.FromSeconds(10);

    /// <param name="program">Which one it is.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="serve">Serves with checked settings until the process is told to stop.</param>
    public static async Task<int> RunAsync(ProgramDescription program, string[] arguments, Func<GatewaySettings, StartAttempt, Task> serve)
    {
        var commandLine = CommandLine.Parse(arguments);
        if (commandLine.Error is { } error)
        {
            return await FailAsync([error]);
        }

        switch (commandLine.Command)
        {
            case StartCommand.Help:
                await Console.Out.WriteAsync(HelpText.Make(program));
                return 0;
            case StartCommand.Version:
                await Console.Out.WriteLineAsync($"{ProductInfo.Name} {ProductInfo.Version}");
                return 0;
            case StartCommand.Health:
                return await HealthProbe.RunAsync(commandLine.HealthAddress!, Console.Out, TimeProvider.System, CancellationToken.None);
        }

        var outcome = SettingsLoader.Load(LoadSources(program, commandLine));
        if (commandLine.Command == StartCommand.Check)
        {
            return await CheckCommand.RunAsync(outcome, TimeProvider.System, Console.Out, CancellationToken.None);
        }

        if (outcome.Settings is not { } settings)
        {
            return await FailAsync(outcome.Problems.Select(problem => problem.ToString()));
        }

        return commandLine.Command == StartCommand.Adopt ? await AdoptAsync(program, settings, commandLine.AdoptFolder!) : await ServeAsync(program, settings, serve);
    }

    /// <summary>Starts the host and waits until it is told to stop. A start that fails stops, in order, what had started already: grains that run on while their services are taken apart fail noisily.</summary>
    public static async Task RunHostAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync(app.Lifetime.ApplicationStopping);
        }
        catch
        {
            using var patience = new CancellationTokenSource(StopAfterFailure, TimeProvider.System);
            await app.StopAsync(patience.Token);
            throw;
        }

        app.Services.GetRequiredService<StartPhase>().Ended = true;
        try
        {
            await app.WaitForShutdownAsync(CancellationToken.None);
        }
        catch (Exception problem)
        {
            throw new StopException(problem);
        }
    }

    private static async Task<int> AdoptAsync(ProgramDescription program, GatewaySettings settings, string folder)
    {
        try
        {
            return program.Adopt is { } adopt
                ? await adopt(settings, folder, Console.Out, CancellationToken.None)
                : await FailAsync(["adopt: a silo has no journals; use the front-end's program."]);
        }
        catch (Exception exception)
        {
            return await FailAsync(StartFailure.Explain(exception, program, new StartAttempt(), settings.Database is not null));
        }
    }

    private static async Task<int> ServeAsync(ProgramDescription program, GatewaySettings settings, Func<GatewaySettings, StartAttempt, Task> serve)
    {
        var attempt = new StartAttempt();
        try
        {
            await serve(settings, attempt);

            // Set by whoever ended the host because it cannot go on: a supervisor must see that it was no orderly end.
            return Environment.ExitCode;
        }
        catch (Exception exception)
        {
            return await FailAsync(StartFailure.Explain(exception, program, attempt, settings.Database is not null));
        }
    }

    private static SettingSources LoadSources(ProgramDescription program, CommandLine commandLine)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
        if (commandLine.Urls is { } urls)
        {
            environment = environment.Where(pair => pair.Key != program.UrlsSetting).Append(KeyValuePair.Create(program.UrlsSetting, urls));
        }

        return SettingSources.Load(environment, Environment.CurrentDirectory, AppContext.BaseDirectory);
    }

    private static async Task<int> FailAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await Console.Error.WriteLineAsync("error: " + line);
        }

        return Failed;
    }
}
