using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Http;
using Gateway.Silo.Settings.Access;

namespace Gateway.Api.Authorization.Rules;

/// <summary>One rule, ready to be asked by every request: names in their stored form.</summary>
internal sealed class AccessRule
{
    private readonly bool _forEverybody;
    private readonly FrozenSet<string> _users;
    private readonly FrozenSet<string> _keys;
    private readonly ImmutableArray<string> _groups;
    private readonly ImmutableArray<string> _domains;
    private readonly ImmutableArray<string> _endpoints;
    private readonly ImmutableArray<string> _models;
    private readonly FrozenSet<Operation>? _operations;

    public AccessRule(AccessRuleText text, SubjectNames names)
    {
        Allow = text.Allow;
        _forEverybody = text is { Users.IsEmpty: true, Groups.IsEmpty: true, Domains.IsEmpty: true, Keys.IsEmpty: true };

        // The settings have no name that breaks the grammar.
        _users = text.Users.Select(user => names.Qualify(SubjectNames.User, user)).OfType<string>().Select(user => SubjectNames.User + user).ToFrozenSet(StringComparer.Ordinal);
        _keys = text.Keys.Select(key => key.StartsWith(SubjectNames.Key, StringComparison.Ordinal) ? key : SubjectNames.Key + key).ToFrozenSet(StringComparer.Ordinal);
        _groups = [.. text.Groups.Select(group => names.Qualify(SubjectNames.Group, group)).OfType<string>()];
        _domains = text.Domains;
        _endpoints = text.Endpoints;
        _models = text.Models;
        _operations = text.Operations.IsEmpty ? null : text.Operations.Select(Operations.Find).OfType<Operation>().ToFrozenSet();
    }

    public bool Allow { get; }

    public bool Matches(Caller caller, string endpoint, string model, Operation operation) =>
        (_operations is null || _operations.Contains(operation))
        && Fits(_endpoints, endpoint)
        && Fits(_models, model)
        && (_forEverybody || IsFor(caller));

    private bool IsFor(Caller caller)
    {
        if ((caller.User is { } user && _users.Contains(user)) || (Allow ? caller.Key is { } key && _keys.Contains(key) : NamesAny(caller.BindingKeys)))
        {
            return true;
        }

        // A key that names fewer groups than its owner has is allowed less, and denied no less.
        var groups = Allow ? caller.Groups : caller.BindingGroups;
        foreach (var group in _groups)
        {
            if (groups.Contains(group))
            {
                return true;
            }
        }

        foreach (var domain in Allow ? caller.Domains : caller.BindingDomains)
        {
            if (_domains.Contains(domain))
            {
                return true;
            }
        }

        return false;
    }

    private bool NamesAny(ImmutableArray<string> keys)
    {
        foreach (var key in keys)
        {
            if (_keys.Contains(key))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(ImmutableArray<string> patterns, string name)
    {
        if (patterns.IsEmpty)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            if (pattern[^1] == '*' ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == name)
            {
                return true;
            }
        }

        return false;
    }
}
