using Gateway.Silo.Settings;
using Gateway.Silo.Startup;

namespace Gateway.Api.Startup;

/// <summary>What the banner tells. The only secret in it is an admin key that was made just now, and only on a terminal.</summary>
internal static class BannerText
{
    public static IReadOnlyList<BannerLine> Lines(Launch launch, IReadOnlyList<string> addresses, string engine)
    {
        var settings = launch.Settings;
        var lines = new List<BannerLine>
        {
            new("gateway", $"{ProductInfo.Version}, {Mode(settings)}, engine {engine}"),
            new("listening", string.Join(", ", addresses)),
            new("home", $"{settings.Home.Path} ({settings.Home.Reason})"),
            new(".env", settings.Home.DotEnvPath ?? "none"),
            new("data", launch.Data.Path),
            new("database", settings.Database is { } database ? $"PostgreSQL, {database.DisplayName}" : "SQLite, in the data directory"),
            new("manifest", launch.Demo ? "demo (METIS_STATUS_URL is not set)" : string.Join(", ", settings.Manifest.Sources.Select(source => $"{source.Name}={Bare(source.Location)}"))),
        };
        if (!settings.Http.AdminUrls.IsEmpty)
        {
            lines.Add(new("admin", string.Join(", ", settings.Http.AdminUrls)));
        }

        if (settings.AdminKeyIsMade)
        {
            lines.Add(new("admin key", launch is { OnTerminal: true, NewAdminKey: { } key } ? $"{key} (also in {launch.Data.AdminKeyPath})" : $"in {launch.Data.AdminKeyPath}"));
        }

        return lines;
    }

    private static string Mode(GatewaySettings settings) =>
        settings.Cluster is { Redis: { } redis } cluster ? $"front-end of cluster {cluster.Id} by {redis}" : "one process";

    // A query may carry a signature that gives access.
    private static string Bare(Uri location) => location.IsFile ? location.LocalPath : location.GetLeftPart(UriPartial.Path);
}

internal sealed record BannerLine(string Name, string Text);
