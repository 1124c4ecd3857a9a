using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>REDIS_URL</c>, as a URL or as <c>host:port,option=…</c>. Errors never quote the text, which holds a password.</summary>
internal static class RedisLocations
{
    private const int MaxDatabase = 1023;
    private const string Grammar = "must be redis[s]://[:password@]host[:port][/database] or host:port,option=value,…";

    // Options that change how the client speaks or what it may do (proxy, tie breakers, commands) would change what membership rests on.
    private static readonly FrozenSet<string> PassedOn =
        new[] { "connectRetry", "connectTimeout", "keepAlive", "name", "sslHost", "syncTimeout" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool TryParse(string text, [NotNullWhen(true)] out RedisLocation? location, [NotNullWhen(false)] out string? error)
    {
        (location, error) = text.Contains("://", StringComparison.Ordinal) ? ParseUrl(text) : ParseOptions(text);
        return location is not null;
    }

    private static (RedisLocation?, string?) ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0 || uri.Query.Length + uri.Fragment.Length > 0)
        {
            return (null, Grammar);
        }

        var login = uri.UserInfo.Split(':', 2);
        if (login is [{ Length: > 0 } user, ..] && (login.Length == 1 || user != "default"))
        {
            return (null, "must not name a user: the password alone stands before the host, redis://:password@host");
        }

        var path = uri.AbsolutePath.Trim('/');
        return path.Length == 0 || IsNumber(path, 0, MaxDatabase, out _)
            ? (new RedisLocation
            {
                Endpoints = [new RedisEndpoint(uri.IdnHost.Trim('[', ']'), uri.Port > 0 ? uri.Port : RedisEndpoint.DefaultPort)],
                Password = login.Length == 2 && login[1].Length > 0 ? Uri.UnescapeDataString(login[1]) : null,
                Tls = uri.Scheme == "rediss",
                Database = path.Length == 0 ? 0 : int.Parse(path, CultureInfo.InvariantCulture),
            }, null)
            : (null, $"must end with the number of a database, 0 to {MaxDatabase}, or with the port");
    }

    private static (RedisLocation?, string?) ParseOptions(string text)
    {
        var location = new RedisLocation { Endpoints = [] };
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.Split('=', 2) is [var left, var right] ? (left.Trim(), right.Trim()) : (part, null);
            if (value is null)
            {
                if (ParseEndpoint(name) is not { } endpoint)
                {
                    return (null, Grammar);
                }

                location = location with { Endpoints = location.Endpoints.Add(endpoint) };
                continue;
            }

            if (Apply(location, name, value) is not { } changed)
            {
                return (null, $"has an option that is unknown or has a wrong value; known are password, ssl, defaultDatabase, abortConnect, {string.Join(", ", PassedOn.Order(StringComparer.Ordinal))}");
            }

            location = changed;
        }

        return location.Endpoints.IsEmpty ? (null, Grammar) : (location, null);
    }

    private static RedisLocation? Apply(RedisLocation location, string name, string value) => name.ToUpperInvariant() switch
    {
        "PASSWORD" => location with { Password = value.Length == 0 ? null : value },
        "SSL" when bool.TryParse(value, out var tls) => location with { Tls = tls },
        "DEFAULTDATABASE" when IsNumber(value, 0, MaxDatabase, out var database) => location with { Database = database },

        // Accepted and without effect: a process always starts without Redis and waits for it.
        "ABORTCONNECT" when bool.TryParse(value, out _) => location,
        _ when PassedOn.Contains(name) && value.Length > 0 => location with { Options = location.Options.Add($"{name}={value}") },
        _ => null,
    };

    private static RedisEndpoint? ParseEndpoint(string text)
    {
        if (!Uri.TryCreate("redis://" + text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.AbsolutePath.Trim('/').Length > 0)
        {
            return null;
        }

        return new RedisEndpoint(uri.IdnHost.Trim('[', ']'), uri.Port > 0 ? uri.Port : RedisEndpoint.DefaultPort);
    }

    private static bool IsNumber(string text, int minimum, int maximum, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= minimum && number <= maximum;
}
