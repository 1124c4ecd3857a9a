using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Tests;

internal static class WatchedSecretExtensions
{
    public static string? Apply(this WatchedSecret secret, string text) => secret.Apply(text, TimeProvider.System.GetUtcNow());
}
