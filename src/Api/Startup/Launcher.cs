using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Startup;

namespace Gateway.Api.Startup;

/// <summary>Runs the front-end.</summary>
public static class Launcher
{
    private static readonly ProgramDescription Program = new("one URL for many OpenAI-compatible APIs", "ASPNETCORE_URLS") { Adopt = AdoptCommand.RunAsync };

    /// <param name="arguments">The command line.</param>
    /// <param name="compose">Builds the host for a prepared launch.</param>
    public static Task<int> RunAsync(string[] arguments, Func<Launch, WebApplication> compose) =>
        ProgramRunner.RunAsync(Program, arguments, async (settings, attempt) =>
        {
            attempt.Addresses = settings.Http.Urls;
            attempt.AdminAddresses = settings.Http.AdminUrls;
            var launch = Launch.Prepare(settings, onTerminal: !Console.IsOutputRedirected);
            using (launch.Data)
            {
                attempt.Addresses = ListenAddresses.All(settings.Http, launch.Demo);
                await using var app = compose(launch);
                await ProgramRunner.RunHostAsync(app);
            }
        });
}
