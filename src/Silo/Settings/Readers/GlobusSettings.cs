using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Grains.Tokens;
using Gateway.Grains.Tokens.Globus;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads FIRST's settings of Globus. Whoever restricts Globus callers without accepting any has made a mistake.</summary>
internal static class GlobusSettings
{
    public const string ApplicationId = "GLOBUS_APPLICATION_ID";
    private const string ApplicationSecret = "GLOBUS_APPLICATION_SECRET";
    private const string AuthUrl = "GLOBUS_AUTH_URL";
    private const string GroupsUrl = "GLOBUS_GROUPS_URL";
    private const string Groups = "GLOBUS_GROUPS";
    private const string Policies = "GLOBUS_POLICIES";
    private const string IdpDomains = "AUTHORIZED_IDP_DOMAINS";
    private const string GroupsPerIdp = "AUTHORIZED_GROUPS_PER_IDP";
    private const string ServiceUsernames = "AUTHORIZED_GLOBUS_SERVICE_USERNAMES";

    private static readonly string[] Restrictions = [Groups, Policies, IdpDomains, GroupsPerIdp];
    private static readonly char[] Separators = [',', ';', ' ', '\t', '\n', '\r'];

    public static void Read(SettingReader reader, IntrospectionOptions options, List<WatchedSecret> watched)
    {
        if (reader.Text(ApplicationId) is not { } applicationId)
        {
            foreach (var name in Restrictions.Where(name => !IsEmpty(reader.Text(name))))
            {
                reader.Fail(name, $"restricts Globus callers, but {ApplicationId} and {ApplicationSecret} are not set, so there are none; set them or remove it");
            }

            return;
        }

        var auth = Server(reader, AuthUrl);
        options.ClientId = applicationId;
        options.Alias = GlobusOptions.Alias;
        options.Url = new Uri(auth, "/v2/oauth2/token/introspect");
        IntrospectionSettings.ReadSecret(reader, ApplicationSecret, options, watched);
        options.Globus = new GlobusOptions
        {
            AuthUrl = auth,
            GroupsUrl = Server(reader, GroupsUrl),
            Groups = Names(reader, Groups),
            Policies = Names(reader, Policies),
            IdpDomains = ReadDomains(reader),
            GroupsPerIdp = ReadGroupsPerIdp(reader),
            ServiceUsernames = Names(reader, ServiceUsernames).ToFrozenSet(StringComparer.Ordinal),
        };
        if (options.Globus is { Groups.IsEmpty: true, Policies.IsEmpty: true, IdpDomains.IsEmpty: true, GroupsPerIdp.Count: 0 })
        {
            reader.Warn($"{ApplicationId}: every Globus user who can get a token for this client is let in; set {IdpDomains} or {Groups}");
        }
    }

    private static Uri Server(SettingReader reader, string name)
    {
        if (IdentitySettings.TryParseServer(reader.Text(name)!, out var server))
        {
            return server;
        }

        reader.Fail(name, "must be an https address (http only on loopback)");
        return new Uri("https://invalid.invalid");
    }

    /// <summary>Separated by commas, semicolons or blanks, or a JSON list: deployments have both.</summary>
    private static ImmutableArray<string> Names(SettingReader reader, string name)
    {
        var text = reader.Text(name)?.Trim();
        if (IsEmpty(text))
        {
            return [];
        }

        // A list without a name would restrict nothing, which nobody means who writes one.
        var names = text!.StartsWith('[') ? JsonNames(text) : Split(text);
        if (names.Length == 0 || names.Any(string.IsNullOrWhiteSpace))
        {
            reader.Fail(name, "must be names separated by commas, or a JSON list of texts, and name at least one; leave it empty to restrict nothing");
            return [];
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    /// <returns>Empty: the text is no list of texts.</returns>
    private static string[] JsonNames(string text)
    {
        try
        {
            return [.. JsonSerializer.Deserialize<string?[]>(text)!.Select(name => name?.Trim() ?? "")];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static ImmutableArray<string> ReadDomains(SettingReader reader)
    {
        ImmutableArray<string> domains = [.. Names(reader, IdpDomains).Select(domain => domain.ToLowerInvariant())];
        if (!domains.All(domain => SubjectGrammar.IsDomain(domain)))
        {
            reader.Fail(IdpDomains, "must be domains like example.org, without @ and *");
        }

        return domains;
    }

    private static FrozenDictionary<string, ImmutableArray<string>> ReadGroupsPerIdp(SettingReader reader)
    {
        var text = reader.Text(GroupsPerIdp);
        if (IsEmpty(text))
        {
            return FrozenDictionary<string, ImmutableArray<string>>.Empty;
        }

        if (!JsonSetting.TryParseObject(text!, out var document, out var error))
        {
            reader.Fail(GroupsPerIdp, error);
            return FrozenDictionary<string, ImmutableArray<string>>.Empty;
        }

        using (document)
        {
            var found = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
            foreach (var domain in document.RootElement.EnumerateObject())
            {
                // A domain without any group lets nobody in: that is what it says.
                if (!SubjectGrammar.IsDomain(domain.Name) || GroupsOf(domain.Value) is not { } groups || !found.TryAdd(domain.Name.ToLowerInvariant(), groups))
                {
                    reader.Fail(GroupsPerIdp, $"must give each domain once (like example.org), with its groups as a text or a list; look at \"{domain.Name}\"");
                }
            }

            if (document.RootElement.GetPropertyCount() == 0)
            {
                reader.Fail(GroupsPerIdp, "must name at least one domain; leave it empty to restrict nothing");
            }

            return found.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    private static ImmutableArray<string>? GroupsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [.. Split(value.GetString()!)],
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => null,
    };

    private static string[] Split(string text) => text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // What deployments write for "nothing".
    private static bool IsEmpty(string? text) => text?.Trim() is null or "" or "{}" or "[]" or "None";
}
