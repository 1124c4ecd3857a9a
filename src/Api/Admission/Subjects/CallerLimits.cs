using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Subjects;

/// <summary>All limits that hold for one caller and project, put together once per change.</summary>
public sealed class CallerLimits
{
    /// <summary>Nobody counts, nothing is bounded.</summary>
    public static CallerLimits None { get; } = new(null, []);

    internal CallerLimits(string? project, ImmutableArray<ChargedSubject> subjects)
    {
        Project = project;
        Counted = [.. subjects.Where(subject => subject.IsCounted)];
        MaxOutputTokens = subjects.Min(subject => subject.Fields.MaxOutputTokens);
        MaxBodyBytes = subjects.Min(subject => subject.Fields.MaxBodyBytes);
        QueueWeight = First(subjects, fields => fields.QueueWeight) ?? 1;
        QueuePriority = First(subjects, fields => fields.QueuePriority) ?? 5;
        TakesInTurn = Counted.Any(subject => subject.HasRate) && !Counted.All(subject => subject.HasRate);
        NeedsBounds = Counted.Any(subject => subject.Limits.Windows.Any(window => window.IsHard && window.Unit != LimitUnit.Requests));
    }

    /// <summary>Qualified; what spend is charged to; null: none.</summary>
    public string? Project { get; }

    /// <summary>Of one choice of an answer; null: no bound.</summary>
    public long? MaxOutputTokens { get; }

    /// <summary>Null: no bound.</summary>
    public long? MaxBodyBytes { get; }

    /// <summary>1 to 100.</summary>
    public int QueueWeight { get; }

    /// <summary>0 to 9, lower first.</summary>
    public int QueuePriority { get; }

    /// <summary>A hard window counts tokens or money, so that admission needs upper bounds and not only guesses.</summary>
    public bool NeedsBounds { get; }

    /// <summary>Some subjects have rates and others have none.</summary>
    internal bool TakesInTurn { get; }

    /// <summary>No grain counts anything.</summary>
    public bool IsUncounted => Counted.IsEmpty;

    internal ImmutableArray<ChargedSubject> Counted { get; }

    private static int? First(ImmutableArray<ChargedSubject> subjects, Func<Storage.Limits.LimitFields, int?> read) =>
        subjects.Select(subject => read(subject.Fields)).FirstOrDefault(value => value is not null);
}
