using System.Text;
using Gateway.Fuzz.World;

namespace Gateway.Fuzz.Run;

/// <summary>The gateway's log: no failure of its own, and no secret.</summary>
internal sealed class LogWatch(FuzzWorld world)
{
    private static readonly string[] Failures = ["\"LogLevel\":\"Error\"", "\"LogLevel\":\"Critical\"", "Unhandled exception", "UnobservedTaskException"];

    /// <summary>Null: all is well.</summary>
    public string? Problem()
    {
        if (world.Gateway.Process.HasExited)
        {
            return $"The gateway ended with exit code {world.Gateway.Process.ExitCode}: {Last(world.Gateway.Output)}";
        }

        var output = world.Gateway.Output;
        foreach (var failure in Failures)
        {
            var at = output.IndexOf(failure, StringComparison.Ordinal);
            if (at >= 0)
            {
                return $"The log tells of a failure: {output.AsSpan(at, Math.Min(2_000, output.Length - at))}";
            }
        }

        var secret = world.Secrets.FoundIn(Encoding.UTF8.GetBytes(output.Replace(world.Secrets.UpstreamAddress, "", StringComparison.Ordinal)));
        return secret is not null ? $"The log holds {secret}." : output.Contains(world.Credentials.Key, StringComparison.Ordinal) ? "The log holds a caller's key." : null;
    }

    private static string Last(string output) => output[Math.Max(0, output.Length - 2_000)..];
}
