namespace Gateway.Silo.Startup;

/// <summary>What differs between the programs of the gateway before they serve.</summary>
/// <param name="Purpose">Completes the first line of <c>--help</c>.</param>
/// <param name="UrlsSetting">The setting that <c>--urls</c> stands for.</param>
public sealed record ProgramDescription(string Purpose, string UrlsSetting);
