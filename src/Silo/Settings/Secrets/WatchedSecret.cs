namespace Gateway.Silo.Settings.Secrets;

/// <summary>A secret that stands in a file and may change there while the process runs.</summary>
/// <param name="Apply">Takes over the new text; answers what is wrong with it (without the text), or null.</param>
public sealed record WatchedSecret(string Setting, string FilePath, Func<string, string?> Apply);
