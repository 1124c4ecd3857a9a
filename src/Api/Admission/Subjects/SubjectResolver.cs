using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;

namespace Gateway.Api.Admission.Subjects;

/// <summary>
/// Who is charged for a caller's request: (1) its user, by explicit limits, else those of every user; (2) its key, and those that it was made with; (3) its project: the one
/// that the request names, else the key's, else the caller's only group; (4) every group, as a shared pool and per head. Put together once
/// per caller and change; a request takes what is there.
/// </summary>
internal sealed class SubjectResolver(LimitsSnapshot snapshot, StockDirectory stocks, SubjectNames names, TimeProvider time)
{
    public const string ProjectHeader = "x-gateway-project";

    private readonly ConditionalWeakTable<Caller, Resolved> _callers = [];

    /// <param name="project">Value of <see cref="ProjectHeader"/>; null: it was not sent.</param>
    /// <returns>Null: see the error.</returns>
    public CallerLimits? Resolve(Caller caller, string? project, out GatewayError? error)
    {
        error = null;
        if (caller.IsBootstrapAdmin)
        {
            return CallerLimits.None;
        }

        if (!snapshot.IsLoaded)
        {
            error = LimitErrors.Unavailable();
            return null;
        }

        if (!_callers.TryGetValue(caller, out var resolved) || resolved.Generation != snapshot.Generation || time.GetUtcNow().Ticks >= resolved.UntilTicks)
        {
            // Read first: a change that comes meanwhile makes it out of date at once, not never.
            resolved = new Resolved(snapshot.Generation);
            resolved.Default = Build(caller, caller.Project ?? OnlyGroup(caller), resolved);
            _callers.AddOrUpdate(caller, resolved);
        }

        return project is null ? resolved.Default : ResolveProject(caller, project, resolved, out error);
    }

    private CallerLimits? ResolveProject(Caller caller, string project, Resolved resolved, out GatewayError? error)
    {
        error = null;
        if (resolved.ByProject.TryGetValue(project, out var known))
        {
            return known;
        }

        if (names.Qualify(SubjectNames.Project, project) is not { } qualified)
        {
            error = LimitErrors.BadProject();
            return null;
        }

        if (qualified != caller.Project && !caller.Groups.Contains(qualified))
        {
            error = LimitErrors.ProjectNotAllowed();
            return null;
        }

        // A project has a few spellings, so the table is bounded by the caller's groups.
        return resolved.ByProject[project] = Build(caller, qualified, resolved);
    }

    private CallerLimits Build(Caller caller, string? project, Resolved resolved)
    {
        if (snapshot.IsEmpty)
        {
            return new CallerLimits(project, []);
        }

        var now = time.GetUtcNow();
        var subjects = ImmutableArray.CreateBuilder<ChargedSubject>();
        if (caller.User is { } user)
        {
            Add(subjects, user, names.ShowSubject(user), resolved, Find(user, now, LimitSubjects.EveryUser));
        }

        foreach (var key in caller.BindingKeys)
        {
            Add(subjects, key, key, resolved, snapshot.Find(key, now));
        }

        if (project is not null)
        {
            var subject = SubjectNames.Project + project;
            Add(subjects, subject, names.ShowSubject(subject), resolved, snapshot.Find(subject, now));
        }

        var head = caller.User?[SubjectNames.User.Length..] ?? caller.Key;
        foreach (var group in caller.BindingGroups.Order(StringComparer.Ordinal))
        {
            var subject = SubjectNames.Group + group;
            Add(subjects, subject, names.ShowSubject(subject), resolved, snapshot.Find(subject, now));
            if (head is not null)
            {
                var perHead = LimitSubjects.EveryMember + group;
                Add(subjects, MemberKey.Of(group, head), LimitSubjects.Show(names, perHead), resolved, snapshot.Find(perHead, now));
            }
        }

        return new CallerLimits(project, subjects.ToImmutable());
    }

    private EffectiveLimits Find(string subject, DateTimeOffset now, string fallback)
    {
        var own = snapshot.Find(subject, now);
        if (own.Fields is not null)
        {
            return own;
        }

        var common = snapshot.Find(fallback, now);
        var until = own.Until is null || common.Until < own.Until ? common.Until ?? own.Until : own.Until;
        return common with { Version = Math.Max(own.Version, common.Version), Until = until };
    }

    private void Add(ImmutableArray<ChargedSubject>.Builder subjects, string key, string shown, Resolved resolved, in EffectiveLimits limits)
    {
        if (limits.Until is { } until && until.UtcTicks < resolved.UntilTicks)
        {
            resolved.UntilTicks = until.UtcTicks;
        }

        if (limits.Fields is { } fields)
        {
            subjects.Add(new ChargedSubject(key, shown, fields, fields.ToSubjectLimits(limits.Version), stocks));
        }
    }

    private static string? OnlyGroup(Caller caller)
    {
        var groups = caller.Groups.Count == 0 ? caller.BindingGroups : caller.Groups;
        return groups.Count == 1 ? groups.Items[0] : null;
    }

    private sealed class Resolved(long generation)
    {
        public long Generation => generation;

        public long UntilTicks { get; set; } = long.MaxValue;

        public CallerLimits Default { get; set; } = CallerLimits.None;

        public ConcurrentDictionary<string, CallerLimits> ByProject { get; } = new(StringComparer.Ordinal);
    }
}
