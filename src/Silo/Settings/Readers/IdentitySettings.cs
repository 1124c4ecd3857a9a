using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Gateway.Grains.Tokens;
using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads the admin key and the issuers of tokens.</summary>
internal static partial class IdentitySettings
{
    public const string AdminKey = "GATEWAY_ADMIN_KEY";
    public const int MinimumSecretLength = 32;
    private const string Local = "local";
    private const string DefaultIssuer = "GATEWAY_DEFAULT_ISSUER";
    private const string Issuers = "Gateway:Jwt:Issuers";
    private const int MaxIssuers = 32;

    public static IdentityOptions Read(SettingReader reader, IntrospectionOptions introspection, List<WatchedSecret> watched)
    {
        var options = new IdentityOptions();
        foreach (var index in IssuerNumbers(reader))
        {
            options.JwtIssuers.Add(ReadIssuer(reader, $"{Issuers}:{index}"));
        }

        CheckAliases(reader, options, introspection);
        ReadDefaultIssuer(reader, options, introspection);
        var adminKey = reader.Secret(AdminKey);
        if (adminKey.Value is { } key)
        {
            if (ProblemOf(key) is { } problem)
            {
                reader.Fail(adminKey.Source, problem);
            }

            options.AdminKey = key;
        }

        if (adminKey.FilePath is { } path)
        {
            watched.Add(new WatchedSecret(AdminKey, path, adminKey.Value, text =>
            {
                var problem = ProblemOf(text);
                options.AdminKey = problem is null ? text : options.AdminKey;
                return problem;
            }));
        }

        return options;
    }

    public static AuthOptions ReadAuth(SettingReader reader) => new()
    {
        MaxStaleness = reader.Seconds("Gateway:Auth:MaxStalenessSeconds", 0, 86_400),
        MaxOwnKeyAge = TimeSpan.FromDays(reader.Number("Gateway:Auth:OwnKeys:MaxAgeDays", 1, 3_650)),
        MaxOwnKeys = reader.Number("Gateway:Auth:OwnKeys:MaxCount", 0, 10_000),
    };

    /// <summary>What is wrong with a secret that people choose; null: nothing.</summary>
    public static string? ProblemOf(string secret) =>
        secret.Length < MinimumSecretLength || !HeaderText.IsKey(secret)
            ? $"must have at least {MinimumSecretLength} characters, printable ASCII without blanks (openssl rand -hex 32 makes one)"
            : null;

    private static IEnumerable<int> IssuerNumbers(SettingReader reader)
    {
        var numbers = reader.Layers.All.SelectMany(layer => layer.Values.Keys)
            .Where(name => name.StartsWith(Issuers + ":", StringComparison.OrdinalIgnoreCase) && name.Count(c => c == ':') == 4)
            .Select(name => int.TryParse(name.Split(':')[3], out var number) ? number : -1)
            .Where(number => number >= 0)
            .Distinct().Order().ToArray();
        if (numbers.Length > MaxIssuers)
        {
            reader.Fail(Issuers, $"has more than {MaxIssuers} issuers");
        }

        return numbers.Take(MaxIssuers);
    }

    private static JwtIssuerOptions ReadIssuer(SettingReader reader, string section)
    {
        var authority = reader.Text(section + ":Authority") ?? "";
        if (!TryParseServer(authority, out var uri))
        {
            reader.Fail(section + ":Authority", "must be the https address of an OpenID provider (http only on loopback)");
        }

        var audience = reader.Text(section + ":Audience");
        if (string.IsNullOrWhiteSpace(audience))
        {
            reader.Fail(section + ":Audience", "is required: the value that aud must have in tokens meant for this gateway");
        }

        return new JwtIssuerOptions
        {
            Authority = authority,
            Audience = audience ?? "",
            Alias = reader.Text(section + ":Alias") ?? AliasOf(uri),
            UserClaim = reader.Text(section + ":UserClaim")!,
            GroupsClaim = reader.Text(section + ":GroupsClaim")!,
            RolesClaim = reader.Text(section + ":RolesClaim")!,
            ScopesClaim = reader.Text(section + ":ScopesClaim")!,
            RequiredScope = Scope(reader, section + ":RequiredScope"),
        };
    }

    /// <summary>A server that credentials may be sent to: https, or http on loopback.</summary>
    public static bool TryParseServer(string text, [NotNullWhen(true)] out Uri? server) =>
        Uri.TryCreate(text, UriKind.Absolute, out server) && server.UserInfo.Length == 0 && (server.Scheme == "https" || (server.Scheme == "http" && server.IsLoopback));

    /// <summary>One scope, which goes into a header as it is.</summary>
    public static string? Scope(SettingReader reader, string name)
    {
        var scope = reader.Text(name);
        if (scope is not null && !ScopeToken().IsMatch(scope))
        {
            reader.Fail(name, "must be one scope: visible ASCII characters without blanks, quotes and backslashes");
        }

        return scope;
    }

    public static bool IsAlias(string alias) => Alias().IsMatch(alias);

    public static string AliasOf(Uri? authority) => authority is null ? "" : NotInAlias().Replace(authority.IdnHost.ToLowerInvariant(), "-").Trim('-');

    private static void CheckAliases(SettingReader reader, IdentityOptions options, IntrospectionOptions introspection)
    {
        foreach (var issuer in options.JwtIssuers.Where(issuer => !Alias().IsMatch(issuer.Alias) || issuer.Alias == "globus"))
        {
            reader.Fail(Issuers, $"has an issuer without a usable Alias (it has \"{issuer.Alias}\"): a-z, 0-9 and dashes, not globus");
        }

        foreach (var twice in options.JwtIssuers.GroupBy(issuer => issuer.Alias).Where(group => group.Count() > 1))
        {
            reader.Fail(Issuers, $"has two issuers with the Alias {twice.Key}; their users would be mixed up");
        }

        // One provider may issue both kinds of tokens: then they stand for the same users.
        if (introspection.Url is { } url && options.JwtIssuers.Exists(issuer => issuer.Alias == introspection.Alias && !(TryParseServer(issuer.Authority, out var authority) && authority.Authority == url.Authority)))
        {
            reader.Fail(Issuers, $"has an issuer on another host than the introspection with the same Alias {introspection.Alias}; their users would be mixed up");
        }
    }

    private static void ReadDefaultIssuer(SettingReader reader, IdentityOptions options, IntrospectionOptions introspection)
    {
        string[] opaque = introspection.Url is null ? [] : [introspection.Alias];
        string[] known = [.. options.JwtIssuers.Select(issuer => issuer.Alias), .. opaque, Local];
        options.DefaultIssuer = reader.Text(DefaultIssuer) ?? known[0];
        if (!known.Contains(options.DefaultIssuer))
        {
            reader.Fail(DefaultIssuer, $"must be one of {string.Join(", ", known)}");
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Alias();

    [GeneratedRegex("^[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,256}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex ScopeToken();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant, 100)]
    private static partial Regex NotInAlias();
}
