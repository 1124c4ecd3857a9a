using System.Globalization;
using Npgsql;

namespace Gateway.Storage.Sql.Postgres;

/// <summary>
/// <c>postgres[ql]://[user[:password]@]host[:port][,host[:port]…]/database[?option=value&amp;…]</c>, as libpq reads it. Nothing of
/// the text gets into a problem: with a character that should have been encoded, any part of it may be a piece of the password.
/// </summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    // libpq's names for options of the driver; others are looked up under the driver's own names.
    private static readonly Dictionary<string, string> OptionNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application_name"] = "Application Name",
        ["channel_binding"] = "Channel Binding",
        ["connect_timeout"] = "Timeout",
        ["gssencmode"] = "GSS Encryption Mode",
        ["keepalives"] = "TCP Keepalive",
        ["keepalives_idle"] = "TCP Keepalive Time",
        ["keepalives_interval"] = "TCP Keepalive Interval",
        ["options"] = "Options",
        ["pool_max_conns"] = "Maximum Pool Size",
        ["require_auth"] = "Require Auth",
        ["schema"] = "Search Path",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslmode"] = "SSL Mode",
        ["sslnegotiation"] = "SSL Negotiation",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
    };

    public static bool IsUrl(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) || text.Contains("://", StringComparison.Ordinal);

    public static NpgsqlConnectionStringBuilder? Parse(string text, out string? problem)
    {
        var scheme = Schemes.FirstOrDefault(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        if (scheme is null)
        {
            problem = "must be " + PostgresKeywords.Forms;
            return null;
        }

        var builder = new NpgsqlConnectionStringBuilder();
        try
        {
            var rest = text[scheme.Length..];
            var end = rest.IndexOfAny(['/', '?', '#']);
            var authority = end < 0 ? rest : rest[..end];
            var place = end < 0 ? "" : rest[end..];
            var at = authority.LastIndexOf('@');
            if (at >= 0)
            {
                ReadUser(builder, authority[..at]);
            }

            ReadHosts(builder, authority[(at + 1)..]);
            var query = place.IndexOf('?', StringComparison.Ordinal);
            builder.Database = Decode(query < 0 ? place.TrimStart('/') : place[..query].TrimStart('/'));
            if (query >= 0)
            {
                ReadOptions(builder, place[(query + 1)..]);
            }

            problem = null;
            return builder;
        }
        catch (FormatException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    private static void ReadUser(NpgsqlConnectionStringBuilder builder, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        builder.Username = Decode(colon < 0 ? text : text[..colon]);
        if (colon >= 0)
        {
            builder.Password = Decode(text[(colon + 1)..]);
        }
    }

    private static void ReadHosts(NpgsqlConnectionStringBuilder builder, string text)
    {
        var hosts = text.Split(',').Select(ReadHost).ToList();
        if (hosts is [var (host, port)])
        {
            builder.Host = host;
            builder.Port = port;
            return;
        }

        builder.Host = string.Join(',', hosts.Select(each =>
            (each.Host.Contains(':', StringComparison.Ordinal) ? $"[{each.Host}]" : each.Host) + ":" + each.Port.ToString(CultureInfo.InvariantCulture)));
    }

    private static (string Host, int Port) ReadHost(string text)
    {
        const int StandardPort = 5432;
        var bracket = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (text.StartsWith('[') && (bracket < 0 || !System.Net.IPAddress.TryParse(text[1..bracket], out _)))
        {
            throw new FormatException("must have an IPv6 address between [ and ]");
        }

        var host = bracket > 0 ? text[1..bracket] : Decode(text.Split(':')[0]);
        var after = bracket > 0 ? text[(bracket + 1)..] : text[text.Split(':')[0].Length..];
        if (host.Length == 0)
        {
            throw new FormatException("must name a host");
        }

        // A slash: the folder of a Unix socket, as the driver has it.
        if (!host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '/'))
        {
            throw new FormatException("must have a host name or address; write @ / ? # : % in user and password as %40 %2F %3F %23 %3A %25");
        }

        if (after is "" or ":")
        {
            return (host, StandardPort);
        }

        return after[0] == ':' && int.TryParse(after.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535
            ? (host, port)
            : throw new FormatException("must have a port from 1 to 65535 after the host; write @ / ? # : % in user and password as %40 %2F %3F %23 %3A %25");
    }

    private static void ReadOptions(NpgsqlConnectionStringBuilder builder, string query)
    {
        var places = Places(builder);
        foreach (var option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? option : option[..equals]);
            var value = equals < 0 ? "" : Decode(option[(equals + 1)..]);
            var keyword = OptionNames.GetValueOrDefault(name, name);
            // Which of several hosts is used is the gateway's choice: the one that takes writes.
            if (keyword != "Target Session Attributes")
            {
                SetOption(builder, keyword, value);
            }
        }

        if (Places(builder) != places)
        {
            throw new FormatException("must have host, port, database, user and password in their places, not as options behind the ?");
        }
    }

    private static (string?, int, string?, string?, string?) Places(NpgsqlConnectionStringBuilder builder) =>
        (builder.Host, builder.Port, builder.Database, builder.Username, builder.Password);

    private static void SetOption(NpgsqlConnectionStringBuilder builder, string keyword, string value)
    {
        try
        {
            builder[keyword] = keyword switch
            {
                "SSL Mode" => value.Replace("-", "", StringComparison.Ordinal),
                "TCP Keepalive" => value == "1" ? "true" : "false",
                _ => value,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            throw new FormatException("has an option behind the ? that is unknown or has a wrong value; known are sslmode, sslrootcert, application_name and the like", exception);
        }
    }

    private static string Decode(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw new FormatException("has a % without two hexadecimal digits behind it; write % itself as %25");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
