using Gateway.Silo.Settings;

namespace Gateway.Silo.Startup;

/// <summary>What differs between the programs of the gateway before they serve.</summary>
/// <param name="Purpose">Completes the first line of <c>--help</c>.</param>
/// <param name="UrlsSetting">The setting that <c>--urls</c> stands for.</param>
public sealed record ProgramDescription(string Purpose, string UrlsSetting)
{
    /// <summary>Takes in journals below a folder and returns the exit code; null: this program has none.</summary>
    public Func<GatewaySettings, string, TextWriter, CancellationToken, Task<int>>? Adopt { get; init; }
}
