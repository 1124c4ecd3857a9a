using System.Net;
using Gateway.Silo.Settings.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads what concerns this process alone: addresses, streams, log, proxy, stopping.</summary>
internal static class ProcessSettings
{
    public const string Urls = "ASPNETCORE_URLS";
    public const string AdminUrls = "GATEWAY_ADMIN_URLS";
    private const string CorsOrigins = "GATEWAY_CORS_ORIGINS";
    private const string Proxy = "HTTPS_PROXY";
    private const string ProxyForm = "must be http://[user:password@]host:port";

    // The admin routes of a front-end in a cluster are for operators on the same machine, unless they are moved.
    private const string ClusterAdminUrl = "http://127.0.0.1:8001";
    private const string DefaultUrl = "http://0.0.0.0:8000";
    private const string AcceptSeconds = "Gateway:Drain:AcceptSeconds";
    private static readonly TimeSpan ClusterAccept = TimeSpan.FromSeconds(5);

    public static HttpOptions ReadHttp(SettingReader reader, bool clusterMode)
    {
        string[] urls = [.. Addresses(reader, Urls, reader.Layers.Find(Urls) ?? reader.Layers.Find("urls"))];
        string[] adminUrls = [.. Addresses(reader, AdminUrls, reader.Text(AdminUrls) ?? (clusterMode ? ClusterAdminUrl : null))];
        CheckPorts(reader, urls, adminUrls);
        return new HttpOptions
        {
            Urls = [.. urls],
            AdminUrls = [.. adminUrls],
            CorsOrigins = [.. Origins(reader)],
            TrustedProxies = [.. NetworkList.Read(reader, "GATEWAY_TRUSTED_PROXIES")],
            Clients = new ClientLimits
            {
                MaxConnections = reader.Number("Gateway:Http:MaxConnections", 0, 1_000_000),
                HeadersTimeout = reader.Seconds("Gateway:Http:HeadersTimeoutSeconds", 1, 300),
                KeepAlive = reader.Seconds("Gateway:Http:KeepAliveSeconds", 1, 3600),
                MinRequestRate = reader.Number("Gateway:Http:MinRequestBytesPerSecond", 0, 1 << 30),
                MinResponseRate = reader.Number("Gateway:Http:MinResponseBytesPerSecond", 0, 1 << 30),
                MaxStreams = reader.Number("Gateway:Http:MaxStreamsPerConnection", 1, 10_000),
            },
            Hsts = reader.Seconds("Gateway:Http:HstsSeconds", 0, 63_072_000),
            MaxBodyBytes = reader.Number("Gateway:Http:MaxBodyBytes", 1024, 1 << 30),
        };
    }

    public static StreamOptions ReadStream(SettingReader reader) => new() { KeepAlive = reader.Seconds("Gateway:Stream:KeepAliveSeconds", 0, 3600) };

    public static DrainOptions ReadDrain(SettingReader reader, bool clusterMode) => new()
    {
        Accept = reader.Layers.Find(AcceptSeconds) is not null ? reader.Seconds(AcceptSeconds, 0, 300) : clusterMode ? ClusterAccept : TimeSpan.Zero,
        Maximum = reader.Seconds("Gateway:Drain:MaxSeconds", 0, 3600),
    };

    public static LogOptions ReadLog(SettingReader reader) => new()
    {
        Json = reader.Choice("Gateway:Log:Format", "text", "json") == "json",
        Level = Enum.Parse<LogLevel>(reader.Choice("Gateway:Log:Level", "information", "trace", "debug", "warning", "error"), ignoreCase: true),
        FilePath = reader.FilePath("GATEWAY_LOG_FILE"),
    };

    /// <summary>In a watched file the credentials may change while the process runs; another proxy needs a restart.</summary>
    public static UpstreamProxyOptions ReadProxy(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new UpstreamProxyOptions { Exceptions = [.. reader.List("NO_PROXY")] };
        var secret = reader.Secret(Proxy);
        if (secret.Value is not { } text)
        {
            return options;
        }

        if (ProxyAddress(text) is not { } uri)
        {
            reader.Fail(secret.Source, ProxyForm);
            return options;
        }

        options.Address = WithoutUser(uri);
        options.Credentials = CredentialsOf(uri);
        if (secret.FilePath is { } path)
        {
            watched.Add(new WatchedSecret(Proxy, path, text, changed => Renew(options, changed)));
        }

        return options;
    }

    private static string? Renew(UpstreamProxyOptions options, string text)
    {
        if (ProxyAddress(text) is not { } uri)
        {
            return ProxyForm;
        }

        if (WithoutUser(uri) != options.Address || CredentialsOf(uri) is not { } renewed || options.Credentials is not { } inUse)
        {
            return "names another proxy, or credentials where there were none: restart the process";
        }

        // Connections that are pooled hold this very object.
        (inUse.UserName, inUse.Password) = (renewed.UserName, renewed.Password);
        return null;
    }

    private static Uri? ProxyAddress(string text)
    {
        // curl and its kin take host:port without a scheme, so operators write it that way.
        var written = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(written, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 ? uri : null;
    }

    private static Uri WithoutUser(Uri uri) => new UriBuilder(uri) { UserName = "", Password = "", Path = "", Query = "", Fragment = "" }.Uri;

    private static NetworkCredential? CredentialsOf(Uri uri) => uri.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var rest]
        ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(rest.FirstOrDefault() ?? ""))
        : null;

    /// <summary>Which routes exist is told by the port, so an admin address on a public one's port would put the admin routes there, too.</summary>
    private static void CheckPorts(SettingReader reader, string[] urls, string[] adminUrls)
    {
        if (adminUrls.Length == 0)
        {
            return;
        }

        foreach (var name in new[] { (Urls, urls), (AdminUrls, adminUrls) }.Where(list => list.Item2.Any(url => PortOf(url) == 0)).Select(list => list.Item1))
        {
            reader.Fail(name, $"must say the port while {AdminUrls} is set: with port 0 the system chooses one, and nobody knows which routes belong there");
        }

        string[] open = urls.Length == 0 ? [DefaultUrl] : urls;
        var taken = open.Select(PortOf).Where(port => port > 0).ToArray();
        foreach (var admin in adminUrls.Except(open, StringComparer.OrdinalIgnoreCase).Where(admin => taken.Contains(PortOf(admin))))
        {
            reader.Fail(AdminUrls, $"{admin} has the port of a public address; give it another port");
        }
    }

    internal static int PortOf(string address) => new Uri(Parsable(address)).Port;

    public static IEnumerable<string> Addresses(SettingReader reader, string name, string? text)
    {
        var addresses = text?.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (addresses is [])
        {
            // Without addresses of their own the admin routes would be on the public ones.
            reader.Fail(name, "must name at least one address like http://0.0.0.0:8000");
        }

        foreach (var address in addresses ?? [])
        {
            if (IsListenAddress(address))
            {
                yield return address;
            }
            else
            {
                reader.Fail(name, "must be addresses like http://0.0.0.0:8000, separated by semicolons");
            }
        }
    }

    // The host may be * or +, which Uri does not accept.
    private static string Parsable(string address) => address.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal);

    private static bool IsListenAddress(string address) =>
        Uri.TryCreate(Parsable(address), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.Host.Length > 0 && uri.PathAndQuery == "/";

    private static IEnumerable<string> Origins(SettingReader reader)
    {
        foreach (var origin in reader.List(CorsOrigins))
        {
            if (origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == origin.TrimEnd('/')))
            {
                yield return origin.TrimEnd('/');
            }
            else
            {
                reader.Fail(CorsOrigins, "must be * or web origins like https://chat.example.org");
            }
        }
    }
}
