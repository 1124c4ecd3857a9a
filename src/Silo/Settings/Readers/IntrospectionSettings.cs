using Gateway.Grains.Tokens;
using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads the server that is asked about opaque tokens: Globus Auth, or one with RFC 7662 introspection.</summary>
internal static class IntrospectionSettings
{
    private const string Section = "Gateway:Introspection";
    private const string Url = Section + ":Url";
    private const string ClientId = Section + ":ClientId";
    private const string ClientSecret = Section + ":ClientSecret";
    private const string Alias = Section + ":Alias";

    public static IntrospectionOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new IntrospectionOptions();
        var plain = reader.Text(Url);
        GlobusSettings.Read(reader, options, watched);
        if (options.Globus is not null && plain is not null)
        {
            reader.Fail(Url, $"is set together with {GlobusSettings.ApplicationId}; a token goes to one server, so set only one of them");
        }
        else if (plain is not null)
        {
            ReadPlain(reader, plain, options, watched);
        }
        else if (reader.Text(ClientId) is not null)
        {
            reader.Fail(Url, $"is required together with {ClientId}");
        }

        return options;
    }

    /// <summary>Takes over a client secret, and again whenever its file changes.</summary>
    public static void ReadSecret(SettingReader reader, string name, IntrospectionOptions options, List<WatchedSecret> watched)
    {
        var secret = reader.Secret(name);
        if (string.IsNullOrWhiteSpace(secret.Value))
        {
            reader.Fail(name, "is required: without it nobody answers for tokens");
        }

        options.ClientSecret = secret.Value ?? "";
        if (secret.FilePath is { } path)
        {
            watched.Add(new WatchedSecret(name, path, secret.Value, text =>
            {
                options.ClientSecret = text;
                return null;
            }));
        }
    }

    private static void ReadPlain(SettingReader reader, string url, IntrospectionOptions options, List<WatchedSecret> watched)
    {
        if (!IdentitySettings.TryParseServer(url, out var server))
        {
            reader.Fail(Url, "must be the https address of an introspection endpoint (http only on loopback)");
        }

        options.Url = server;
        options.ClientId = reader.Text(ClientId) ?? "";
        if (options.ClientId.Length == 0)
        {
            reader.Fail(ClientId, "is required: introspection is for known clients only");
        }

        ReadSecret(reader, ClientSecret, options, watched);
        options.Alias = reader.Text(Alias) ?? IdentitySettings.AliasOf(server);
        if (!IdentitySettings.IsAlias(options.Alias) || options.Alias is "globus" or "local")
        {
            reader.Fail(Alias, $"is not usable (\"{options.Alias}\"): a-z, 0-9 and dashes, not globus or local");
        }

        options.UserClaim = reader.Text(Section + ":UserClaim")!;
        options.GroupsClaim = reader.Text(Section + ":GroupsClaim")!;
        options.RolesClaim = reader.Text(Section + ":RolesClaim")!;
        options.ScopesClaim = reader.Text(Section + ":ScopesClaim")!;
        options.Audience = reader.Text(Section + ":Audience");
        options.RequiredScope = IdentitySettings.Scope(reader, Section + ":RequiredScope");
    }
}
