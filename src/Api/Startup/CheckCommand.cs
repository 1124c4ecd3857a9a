using Gateway.Silo.Settings;

namespace Gateway.Api.Startup;

/// <summary><c>check</c>: says what is wrong with settings and manifest and what to do. Touches no data directory and opens no listener.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(SettingsOutcome outcome, TextWriter output)
    {
        foreach (var problem in outcome.Problems)
        {
            await output.WriteLineAsync($"wrong     {problem}");
        }

        return outcome.Settings is null ? 1 : 0;
    }
}
