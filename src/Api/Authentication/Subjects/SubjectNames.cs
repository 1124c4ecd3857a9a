using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Subjects;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authentication.Subjects;

/// <summary>
/// Names of users, groups and projects. With the default issuer <c>local</c>, <c>alice</c>, <c>user:alice</c> and
/// <c>user:local/alice</c> are one subject: stored with the alias, answered as <c>user:alice</c>.
/// </summary>
public sealed class SubjectNames
{
    public const string User = "user:";
    public const string Group = "group:";
    public const string Project = "project:";
    public const string Key = "key:";

    private readonly string _default;

    public SubjectNames(IOptions<IdentityOptions> options)
        : this(options.Value.DefaultIssuer)
    {
    }

    internal SubjectNames(string defaultIssuer) => _default = defaultIssuer;

    /// <summary>Reads what a person wrote into <c>alias/id</c>.</summary>
    /// <param name="kind"><see cref="User"/>, <see cref="Group"/> or <see cref="Project"/>; may stand in front of the text.</param>
    /// <returns>Null: it breaks the grammar.</returns>
    public string? Qualify(string kind, string text)
    {
        var name = text.StartsWith(kind, StringComparison.Ordinal) ? text[kind.Length..] : text;
        return !SubjectGrammar.IsName(name) ? null
            : name.Contains('/', StringComparison.Ordinal) ? name
            : $"{_default}/{name}";
    }

    /// <summary>What to show for <c>alias/id</c>; <see cref="Qualify"/> leads back.</summary>
    public string Show(string kind, string qualified)
    {
        var slash = qualified.IndexOf('/', StringComparison.Ordinal);
        var isDefault = slash == _default.Length && qualified.StartsWith(_default, StringComparison.Ordinal);

        // An id with a slash keeps its alias, else its first part would read as one.
        return isDefault && !qualified.AsSpan(slash + 1).Contains('/') ? kind + qualified[(slash + 1)..] : kind + qualified;
    }

    /// <summary>As <see cref="Show"/>, for a stored subject with its kind in front; a key stays as it is.</summary>
    public string ShowSubject(string subject)
    {
        foreach (var kind in (ReadOnlySpan<string>)[User, Group, Project])
        {
            if (subject.StartsWith(kind, StringComparison.Ordinal))
            {
                return Show(kind, subject[kind.Length..]);
            }
        }

        return subject;
    }
}
