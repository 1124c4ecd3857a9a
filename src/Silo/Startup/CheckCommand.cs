using Gateway.Silo.Checking;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Startup;

/// <summary><c>check</c>: says what is wrong with settings and manifest and what to do. Touches no data directory and opens no listener.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(SettingsOutcome outcome, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        List<CheckLine> lines = [.. outcome.Problems.Select(problem => new CheckLine(CheckVerdict.Wrong, problem.Setting, problem.Message))];
        if (outcome.Settings is { } settings)
        {
            lines.Add(new CheckLine(CheckVerdict.Ok, "home", $"{settings.Home.Path} ({settings.Home.Reason}), .env: {settings.Home.DotEnvPath ?? "none"}"));
            lines.AddRange(settings.Warnings.Select(warning => new CheckLine(CheckVerdict.Note, "setting", warning)));
            lines.AddRange(settings.NotEnforced.Select(setting => new CheckLine(CheckVerdict.Note, "not enforced", setting)));
            if (await RedisCheck.RunAsync(settings, time, cancellationToken) is { } redis)
            {
                lines.Add(redis);
            }

            if (await DatabaseCheck.RunAsync(settings, time, cancellationToken) is { } database)
            {
                lines.Add(database);
            }

            lines.AddRange(await ManifestCheck.RunAsync(settings, time, cancellationToken));
        }

        foreach (var line in lines)
        {
            var verdict = line.Verdict.ToString().ToLowerInvariant();
            await output.WriteLineAsync($"{verdict,-5}  {line.Subject}: {line.Text}".ReplaceLineEndings(" ").AsMemory(), cancellationToken);
        }

        var wrong = lines.Count(line => line.Verdict == CheckVerdict.Wrong);
        await output.WriteLineAsync((wrong == 0 ? "All fine." : $"{wrong} to correct.").AsMemory(), cancellationToken);
        return wrong == 0 ? 0 : 1;
    }
}
