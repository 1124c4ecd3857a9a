using System.Net;
using Gateway.Silo.Engine;
using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads what makes processes a cluster. Cluster mode is chosen by <c>REDIS_URL</c>, which requires the rest.</summary>
internal static class ClusterSettings
{
    public const string RedisUrl = "REDIS_URL";
    public const string DatabaseUrl = "DATABASE_URL";
    private const string ClusterSecret = "CLUSTER_SECRET";
    private const string SiloAddress = "SILO_ADDRESS";
    private const string Tls = "Gateway:Cluster:Tls";
    private static readonly string[] TlsFiles = [Tls + ":CertificateFile", Tls + ":KeyFile", Tls + ":CaFile"];

    public static ClusterOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new ClusterOptions { Id = reader.Text("CLUSTER_ID")!, Secret = ReadSecret(reader), Redis = ReadRedis(reader) };
        if (!options.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || options.Id.Length > 64)
        {
            reader.Fail("CLUSTER_ID", "must be at most 64 letters, digits, dashes, dots and underscores");
        }

        options.AllowPlaintext = reader.Choice("Gateway:Cluster:AllowPlaintext", "false", "true") == "true";
        options.Certificates = ReadCertificates(reader, watched);
        if (options.IsClusterMode)
        {
            Require(reader, DatabaseUrl, "postgres://user:password@host/database, which all processes share");
            Require(reader, ClusterSecret, $"a secret of at least {IdentitySettings.MinimumSecretLength} characters, the same on all processes (openssl rand -hex 32 makes one)");
            Require(reader, IdentitySettings.AdminKey, $"a key of at least {IdentitySettings.MinimumSecretLength} characters, the same on all front-ends (openssl rand -hex 32 makes one)");
        }

        return options;
    }

    public static SiloProcessOptions ReadSilo(SettingReader reader)
    {
        var options = new SiloProcessOptions
        {
            Port = reader.Number("SILO_PORT", 1, 65_535),
            GatewayPort = reader.Number("SILO_GATEWAY_PORT", 1, 65_535),
            HttpUrls = [.. ProcessSettings.Addresses(reader, "SILO_HTTP_URLS", reader.Text("SILO_HTTP_URLS"))],
        };
        if (reader.Text(SiloAddress) is { } text)
        {
            if (IPAddress.TryParse(text.Trim(), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            {
                options.Address = address;
            }
            else
            {
                reader.Fail(SiloAddress, "must be the IP address at which the other processes reach this silo");
            }
        }

        return options;
    }

    private static string ReadSecret(SettingReader reader)
    {
        var secret = reader.Secret(ClusterSecret);
        if (secret.Value is { } value && IdentitySettings.ProblemOf(value) is { } problem)
        {
            reader.Fail(secret.Source, problem);
        }

        return secret.Value ?? "";
    }

    private static RedisLocation? ReadRedis(SettingReader reader)
    {
        var secret = reader.Secret(RedisUrl);
        if (secret.Value is not { } text)
        {
            return null;
        }

        if (!RedisLocations.TryParse(text.Trim(), out var location, out var error))
        {
            reader.Fail(secret.Source, error);
        }
        else if (ActorEngine.Refuses(location) is { } refusal)
        {
            reader.Fail(secret.Source, refusal);
        }

        return location;
    }

    private static ClusterCertificates? ReadCertificates(SettingReader reader, List<WatchedSecret> watched)
    {
        string?[] paths = [.. TlsFiles.Select(reader.FilePath)];
        if (paths.All(path => path is null))
        {
            return null;
        }

        if (Array.FindIndex(paths, path => path is null) is >= 0 and var missing)
        {
            reader.Fail(TlsFiles[missing], "is required together with the other two of CertificateFile, KeyFile and CaFile");
            return null;
        }

        // Read before they are loaded: what changes meanwhile is loaded again.
        var known = Array.ConvertAll(paths, path => SecretFile.Read(path!, out _));
        var certificates = ClusterCertificates.Load(paths[0]!, paths[1]!, paths[2]!, out var problem);
        if (certificates is null)
        {
            reader.Fail(Tls, problem!);
            return null;
        }

        if (certificates.Problem(TimeProvider.System.GetUtcNow()) is { } refusal)
        {
            reader.Warn($"{TlsFiles[0]}: {paths[0]} {refusal}; processes that trust the same authority will refuse it");
        }

        watched.AddRange(TlsFiles.Select((name, file) => new WatchedSecret(name, paths[file]!, known[file], certificates.Reload)));
        return certificates;
    }

    private static void Require(SettingReader reader, string name, string what)
    {
        var location = reader.Layers.FindSecret(name);
        if (string.IsNullOrWhiteSpace(location.Value) && location.FilePath is null)
        {
            reader.Fail(name, $"is required in cluster mode ({RedisUrl} is set): {what}");
        }
    }
}
