using System.Collections.Immutable;
using Gateway.Silo.Settings;

namespace Gateway.Api.Startup.Listeners;

/// <summary>Where the process listens, and how to reach it from this machine.</summary>
public static class ListenAddresses
{
    public const string Default = "http://0.0.0.0:8000";

    /// <summary>The demo's key is printed, so by default nobody else on the network may use it.</summary>
    public const string DemoDefault = "http://127.0.0.1:8000";

    public static ImmutableArray<string> Public(HttpOptions options, bool demo) => options.Urls.IsEmpty ? [demo ? DemoDefault : Default] : options.Urls;

    public static ImmutableArray<string> All(HttpOptions options, bool demo) =>
        [.. Public(options, demo).Concat(options.AdminUrls).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The address with a host that a command on this machine can call.</summary>
    public static string Callable(string address)
    {
        var uri = new Uri(address.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal));
        return uri.Host is "0.0.0.0" or "[::]" ? $"{uri.Scheme}://127.0.0.1:{uri.Port}" : uri.GetLeftPart(UriPartial.Authority);
    }

    public static int PortOf(string address) => new Uri(Callable(address)).Port;
}
