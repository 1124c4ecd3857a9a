using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Http;
using Gateway.Silo.Settings.Access;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authorization.Rules;

/// <summary>
/// The operator's rules (<c>GATEWAY_ACCESS</c>) in force now. They narrow what entries and credentials allow, and widen nothing:
/// (1) a deny rule that matches decides; (2) else an allow rule that matches; (3) else the default.
/// </summary>
public sealed class AccessRules
{
    private readonly AccessOptions _options;
    private readonly SubjectNames _names;
    private volatile Compiled _compiled;

    public AccessRules(IOptions<AccessOptions> options, SubjectNames names)
        : this(options.Value, names)
    {
    }

    internal AccessRules(AccessOptions options, SubjectNames names)
    {
        _options = options;
        _names = names;
        _compiled = Compile(options.Document);
    }

    /// <summary>No rules.</summary>
    public static AccessRules None { get; } = new(new AccessOptions(), new SubjectNames("local"));

    /// <param name="operation">Null: for anything at all, as listings ask.</param>
    public bool Allow(Caller caller, ManifestEntry entry, string model, Operation? operation)
    {
        var compiled = Current();
        if (compiled.Document.IsOpen)
        {
            return true;
        }

        if (operation is { } asked)
        {
            return Decide(compiled, caller, entry, model, asked);
        }

        for (var any = 0; any < Operations.Count; any++)
        {
            // A route that the key does not have is no way to use anything.
            if (caller.Operations?.Contains((Operation)any) is not false && Decide(compiled, caller, entry, model, (Operation)any))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Decide(Compiled compiled, Caller caller, ManifestEntry entry, string model, Operation operation)
    {
        var isAllowed = compiled.Document.AllowsByDefault;
        foreach (var rule in compiled.Rules)
        {
            if (rule.Matches(caller, entry.Id, model, operation))
            {
                if (!rule.Allow)
                {
                    return false;
                }

                isAllowed = true;
            }
        }

        return isAllowed;
    }

    // A watched file replaces the document while the process runs.
    private Compiled Current()
    {
        var document = _options.Document;
        if (!ReferenceEquals(_compiled.Document, document))
        {
            _compiled = Compile(document);
        }

        return _compiled;
    }

    private Compiled Compile(AccessDocument document) => new(document, [.. document.Rules.Select(rule => new AccessRule(rule, _names))]);

    private sealed record Compiled(AccessDocument Document, ImmutableArray<AccessRule> Rules);
}
