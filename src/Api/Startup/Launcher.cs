using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Api.Startup;

/// <summary>Runs the program: everything that can go wrong before serving ends it with exit code 1 and one line per mistake.</summary>
public static class Launcher
{
    private const int Failed = 1;

    private static readonly TimeSpan StopAfterFailure = TimeSpan.FromSeconds(10);

    /// <param name="arguments">The command line.</param>
    /// <param name="compose">Builds the host for a prepared launch.</param>
    public static async Task<int> RunAsync(string[] arguments, Func<Launch, WebApplication> compose)
    {
        var commandLine = CommandLine.Parse(arguments);
        if (commandLine.Error is { } error)
        {
            return await FailAsync([error]);
        }

        switch (commandLine.Command)
        {
            case StartCommand.Help:
                await Console.Out.WriteAsync(HelpText.Make());
                return 0;
            case StartCommand.Version:
                await Console.Out.WriteLineAsync($"{ProductInfo.Name} {ProductInfo.Version}");
                return 0;
        }

        var outcome = SettingsLoader.Load(LoadSources(commandLine));
        if (commandLine.Command == StartCommand.Check)
        {
            return await CheckCommand.RunAsync(outcome, TimeProvider.System, Console.Out, CancellationToken.None);
        }

        return outcome.Settings is { } settings
            ? await ServeAsync(settings, compose)
            : await FailAsync(outcome.Problems.Select(problem => problem.ToString()));
    }

    private static async Task<int> ServeAsync(GatewaySettings settings, Func<Launch, WebApplication> compose)
    {
        IReadOnlyList<string> addresses = settings.Http.Urls;
        try
        {
            var launch = Launch.Prepare(settings, onTerminal: !Console.IsOutputRedirected);
            using (launch.Data)
            {
                addresses = ListenAddresses.All(settings.Http, launch.Demo);
                await using var app = compose(launch);
                var phase = app.Services.GetRequiredService<StartPhase>();
                await StartAsync(app);
                phase.Ended = true;
                await app.WaitForShutdownAsync(CancellationToken.None);
                return 0;
            }
        }
        catch (Exception exception)
        {
            return await FailAsync(StartFailure.Explain(exception, addresses, settings.Database is not null));
        }
    }

    // What had started already must stop in order: grains that run on while their services are taken apart fail noisily.
    private static async Task StartAsync(WebApplication app)
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
    }

    private static SettingSources LoadSources(CommandLine commandLine)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
        if (commandLine.Urls is { } urls)
        {
            environment = environment.Where(pair => pair.Key != "ASPNETCORE_URLS").Append(KeyValuePair.Create("ASPNETCORE_URLS", urls));
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
