using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Gateway.Silo.Settings.Limits;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;
using Gateway.Storage.Limits;

namespace Gateway.Silo.Settings.Readers;

/// <summary>
/// Reads <c>GATEWAY_LIMITS</c>: JSON, or the path of a watched file with it. Whatever is not understood is refused, since a misspelt field
/// would lift the limit that it was meant to set; a file that goes wrong later leaves the limits that were read before in force.
/// </summary>
internal static class LimitsSettings
{
    private const string Name = "GATEWAY_LIMITS";
    private const int MaxBytes = 1 << 20;
    private const int MaxSubjectLength = 400;

    private static readonly string[] Kinds = ["default:group-member:", "user:", "group:", "project:", "key:"];

    public static LimitsOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new LimitsOptions
        {
            OpenOnOutage = reader.Choice("Gateway:Limits:OnOutage", "closed", "open") == "open",
            MaxWait = reader.Seconds("Gateway:Limits:Queue:MaxWaitSeconds", 0, 600),
            MaxWaiting = reader.Number("Gateway:Limits:Queue:MaxWaiting", 0, 100_000),
            MaxWaitingPerSubject = reader.Number("Gateway:Limits:Queue:MaxWaitingPerSubject", 0, 100_000),
        };
        if (reader.Text(Name)?.Trim() is not { Length: > 0 } text)
        {
            return options;
        }

        string? problem = null;
        if (!text.StartsWith('{'))
        {
            var path = reader.Home.Resolve(text);
            text = BoundedFile.ReadText(path, MaxBytes, out problem) ?? "";
            problem = problem is null ? null : $"must be a JSON object or the path of a file with one; the file {path} {problem}";
            watched.Add(new WatchedSecret(Name, path, content => Apply(options, content)));
        }

        problem ??= Apply(options, text);
        if (problem is not null)
        {
            reader.Fail(Name, problem);
        }

        return options;
    }

    private static string? Apply(LimitsOptions options, string text)
    {
        if (!TryParse(text, out var subjects, out var problem))
        {
            return problem;
        }

        options.Subjects = subjects;
        return null;
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out ImmutableDictionary<string, LimitDocument>? subjects, [NotNullWhen(false)] out string? problem)
    {
        subjects = null;
        if (!JsonSetting.TryParseObject(text, out var json, out problem))
        {
            return false;
        }

        using (json)
        {
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

                read[subject.Name] = document;
            }

            subjects = read.ToImmutable();
            return true;
        }
    }

    private static bool IsSubject(string name) =>
        name == "default:user" || (name.Length <= MaxSubjectLength && Kinds.Any(kind => name.Length > kind.Length && name.StartsWith(kind, StringComparison.Ordinal)));

    private static string Shown(string name) => name.Length <= LimitDocumentReader.MaxNameShown ? name : name[..LimitDocumentReader.MaxNameShown];
}
