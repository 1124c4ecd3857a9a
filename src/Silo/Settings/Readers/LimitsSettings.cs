using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Gateway.Silo.Settings.Limits;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Subjects;
using Gateway.Storage.Limits;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>GATEWAY_LIMITS</c>. Whatever is not understood is refused, since a misspelt field would lift the limit that it was meant to set.</summary>
internal static class LimitsSettings
{
    private const string Key = "key:";

    private const string Member = "default:group-member:";
    private const string Group = "group:";

    private static readonly string[] Kinds = [Member, "user:", Group, "project:"];

    /// <param name="defaultIssuer">Whose the names without an alias are.</param>
    public static LimitsOptions Read(SettingReader reader, string defaultIssuer, List<WatchedSecret> watched)
    {
        var options = new LimitsOptions
        {
            OpenOnOutage = reader.Choice("Gateway:Limits:OnOutage", "closed", "open") == "open",
            MaxWait = reader.Seconds("Gateway:Limits:Queue:MaxWaitSeconds", 0, 600),
            MaxWaiting = reader.Number("Gateway:Limits:Queue:MaxWaiting", 0, 100_000),
            MaxWaitingPerSubject = reader.Number("Gateway:Limits:Queue:MaxWaitingPerSubject", 0, 100_000),
        };
        DocumentSetting.Read(reader, "GATEWAY_LIMITS", watched, text => Apply(options, defaultIssuer, text));
        return options;
    }

    private static string? Apply(LimitsOptions options, string defaultIssuer, string text)
    {
        if (!TryParse(text, defaultIssuer, out var subjects, out var problem))
        {
            return problem;
        }

        options.Subjects = subjects;
        return null;
    }

    private static bool TryParse(
        string text, string defaultIssuer, [NotNullWhen(true)] out ImmutableDictionary<string, LimitDocument>? subjects, [NotNullWhen(false)] out string? problem)
    {
        subjects = null;
        if (!JsonSetting.TryParseObject(text, out var json, out problem))
        {
            return false;
        }

        using (json)
        {
            var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
            var read = ImmutableDictionary.CreateBuilder<string, LimitDocument>(StringComparer.Ordinal);
            foreach (var subject in json.RootElement.EnumerateObject())
            {
                if (!IsSubject(subject.Name))
                {
                    problem = $"must have names like user:alice, group:x, project:x, key:id, default:user and default:group-member:x; \"{Shown(subject.Name)}\" is none";
                    return false;
                }

                if (LimitDocumentReader.Read(subject.Value, out var wrong) is not { } document)
                {
                    problem = $"{subject.Name}: {wrong}".TrimEnd('.');
                    return false;
                }

                if (!spellings.TryAdd(Qualified(subject.Name, defaultIssuer), subject.Name))
                {
                    problem = $"\"{Shown(subject.Name)}\" and \"{Shown(spellings[Qualified(subject.Name, defaultIssuer)])}\" are the same subject; say its limits once";
                    return false;
                }

                read[subject.Name] = document;
            }

            subjects = read.ToImmutable();
            return true;
        }
    }

    private static bool IsSubject(string name) =>
        name == "default:user"
        || (name.StartsWith(Key, StringComparison.Ordinal) && SubjectGrammar.IsKeyId(name.AsSpan(Key.Length)))
        || Array.Exists(Kinds, kind => name.StartsWith(kind, StringComparison.Ordinal) && SubjectGrammar.IsName(name.AsSpan(kind.Length)));

    private static string Qualified(string name, string defaultIssuer)
    {
        if (Array.Find(Kinds, kind => name.StartsWith(kind, StringComparison.Ordinal)) is not { } kind)
        {
            return name;
        }

        var rest = name[kind.Length..];
        rest = kind == Member && rest.StartsWith(Group, StringComparison.Ordinal) ? rest[Group.Length..] : rest;
        return rest.Contains('/', StringComparison.Ordinal) ? kind + rest : $"{kind}{defaultIssuer}/{rest}";
    }

    private static string Shown(string name) => name.Length <= LimitDocumentReader.MaxNameShown ? name : name[..LimitDocumentReader.MaxNameShown];
}
