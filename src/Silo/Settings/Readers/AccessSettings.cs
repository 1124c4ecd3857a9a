using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Silo.Settings.Access;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>GATEWAY_ACCESS</c>. Whatever is not understood is refused, since a misspelt field would open what it was meant to close.</summary>
internal static class AccessSettings
{
    private const int MaxRules = 1_000;
    private const int MaxNames = 1_000;

    public static AccessOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new AccessOptions();
        DocumentSetting.Read(reader, "GATEWAY_ACCESS", watched, text => Apply(options, text));
        return options;
    }

    private static string? Apply(AccessOptions options, string text)
    {
        if (!TryParse(text, out var document, out var problem))
        {
            return problem;
        }

        options.Document = document;
        return null;
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out AccessDocument? access, [NotNullWhen(false)] out string? problem)
    {
        access = null;
        if (!JsonSetting.TryParseObject(text, out var json, out problem))
        {
            return false;
        }

        using (json)
        {
            var allows = true;
            var rules = ImmutableArray<AccessRuleText>.Empty;
            foreach (var field in json.RootElement.EnumerateObject())
            {
                problem = field.Name switch
                {
                    "default" => ReadEffect(field.Value, out allows) ? null : "must have \"allow\" or \"deny\" as \"default\"",
                    "rules" => ReadRules(field.Value, out rules),
                    _ => $"has the field \"{field.Name}\"; it may have \"default\" and \"rules\"",
                };
                if (problem is not null)
                {
                    return false;
                }
            }

            access = new AccessDocument(allows, rules);
            return true;
        }
    }

    private static string? ReadRules(JsonElement value, out ImmutableArray<AccessRuleText> rules)
    {
        rules = [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxRules)
        {
            return $"must have a list of at most {MaxRules} objects as \"rules\"";
        }

        var read = ImmutableArray.CreateBuilder<AccessRuleText>();
        foreach (var item in value.EnumerateArray())
        {
            if (ReadRule(item, out var rule) is { } problem)
            {
                return $"has a rule (number {read.Count + 1}) that {problem}";
            }

            read.Add(rule);
        }

        rules = read.ToImmutable();
        return null;
    }

    private static string? ReadRule(JsonElement value, out AccessRuleText rule)
    {
        rule = new AccessRuleText { Allow = false };
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("effect", out var effect) || !ReadEffect(effect, out var allow))
        {
            return "is no object with \"effect\": \"allow\" or \"deny\"";
        }

        rule = rule with { Allow = allow };
        foreach (var field in value.EnumerateObject().Where(field => field.Name != "effect"))
        {
            // An empty list would restrict nothing, which nobody means who writes one.
            if (Names(field.Value) is not { IsEmpty: false } names)
            {
                return $"has no list of 1 to {MaxNames} texts as \"{field.Name}\"";
            }

            if (names.FirstOrDefault(name => !IsName(field.Name, name)) is { } wrong)
            {
                return $"has \"{wrong}\" in \"{field.Name}\", which can name nobody: a name is an id, or the alias of an issuer (a-z, 0-9, -), a slash and an id; a domain is one like example.org";
            }

            var filled = Fill(rule, field.Name, names);
            if (filled is null)
            {
                return $"has \"{field.Name}\", which is no field of a rule, or has a * elsewhere than at the end of a name, or an unknown operation ({string.Join(", ", AccessDocument.KnownOperations)})";
            }

            rule = filled;
        }

        return null;
    }

    private static AccessRuleText? Fill(AccessRuleText rule, string field, ImmutableArray<string> names) => field switch
    {
        "users" => rule with { Users = names },
        "groups" => rule with { Groups = names },
        "domains" => rule with { Domains = [.. names.Select(name => name.ToLowerInvariant())] },
        "keys" => rule with { Keys = names },
        "endpoints" when names.All(IsPattern) => rule with { Endpoints = names },
        "models" when names.All(IsPattern) => rule with { Models = names },
        "operations" when names.All(name => AccessDocument.KnownOperations.Contains(name)) => rule with { Operations = names },
        _ => null,
    };

    // A name that nothing can ever have would leave open what its rule was meant to close.
    private static bool IsName(string field, string name) => field switch
    {
        "users" => SubjectGrammar.IsName(Without("user:", name)),
        "groups" => SubjectGrammar.IsName(Without("group:", name)),
        "keys" => SubjectGrammar.IsKeyId(Without("key:", name)),
        "domains" => SubjectGrammar.IsDomain(name),
        _ => true,
    };

    private static ReadOnlySpan<char> Without(string kind, string name) => name.StartsWith(kind, StringComparison.Ordinal) ? name.AsSpan(kind.Length) : name;

    private static bool IsPattern(string name) => name.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == name.Length - 1);

    private static bool ReadEffect(JsonElement value, out bool allow)
    {
        allow = value.ValueKind == JsonValueKind.String && value.ValueEquals("allow");
        return allow || (value.ValueKind == JsonValueKind.String && value.ValueEquals("deny"));
    }

    private static ImmutableArray<string>? Names(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MaxNames && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && item.GetString()!.Length > 0)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : null;
}
