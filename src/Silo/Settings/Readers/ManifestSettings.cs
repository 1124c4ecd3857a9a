using System.Collections.Immutable;
using Gateway.Grains.Manifests;
using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads where manifests come from and the providers' keys.</summary>
internal static class ManifestSettings
{
    public const string StatusUrl = "METIS_STATUS_URL";
    public const string Authorization = "METIS_STATUS_AUTHORIZATION";
    public const string Tokens = "METIS_API_TOKENS";
    public const string Headers = "METIS_API_HEADERS";

    public static ManifestOptions Read(SettingReader reader, string defaultIssuer, List<WatchedSecret> watched)
    {
        var options = new ManifestOptions
        {
            OverlayPath = reader.FilePath("METIS_OVERLAY"),
            RefreshPeriod = reader.Seconds("METIS_REFRESH_SECONDS", 1, 3600),
            FetchTimeout = reader.Seconds("METIS_TIMEOUT_SECONDS", 1, 300),
            DefaultIssuer = defaultIssuer,
            AllowPrivateUpstreams = reader.Choice("GATEWAY_PRIVATE_UPSTREAMS", "allow", "deny") == "allow",
        };
        var sources = ImmutableArray<ManifestSource>.Empty;
        if (reader.Text(StatusUrl) is { } text && ManifestLocations.TryParse(text.Trim(), reader.Home, out sources) is { } problem)
        {
            reader.Fail(StatusUrl, problem);
        }

        var authorization = reader.Secret(Authorization);
        Apply(reader, authorization, value => TrySetSources(options, sources, value), watched);
        foreach (var source in options.Sources.Where(SendsInTheOpen))
        {
            reader.Warn($"{StatusUrl}: the credentials for cluster {source.Name} travel over plain http; use https");
        }

        return options;
    }

    public static ProviderCredentials ReadCredentials(SettingReader reader, List<WatchedSecret> watched)
    {
        var credentials = new ProviderCredentials();
        Apply(reader, reader.Secret(Tokens), value => credentials.TrySetTokens(value, out var error) ? null : error, watched);
        Apply(reader, reader.Secret(Headers), value => credentials.TrySetHeaders(value, out var error) ? null : error, watched);
        return credentials;
    }

    private static void Apply(SettingReader reader, SecretText secret, Func<string?, string?> apply, List<WatchedSecret> watched)
    {
        if (apply(secret.Value) is { } problem)
        {
            reader.Fail(secret.Source, problem);
        }

        if (secret.FilePath is { } path)
        {
            watched.Add(new WatchedSecret(secret.Setting, path, secret.Value, value => apply(value)));
        }
    }

    private static string? TrySetSources(ManifestOptions options, ImmutableArray<ManifestSource> sources, string? authorization)
    {
        var problem = ManifestAuthorization.TryApply(authorization, sources, out var authorized);
        if (problem is null)
        {
            options.Sources = authorized;
        }

        return problem;
    }

    private static bool SendsInTheOpen(ManifestSource source) =>
        source.Authorization is not null && source.Location.Scheme == Uri.UriSchemeHttp && !source.Location.IsLoopback;
}
