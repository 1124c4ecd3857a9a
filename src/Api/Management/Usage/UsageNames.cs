using System.Globalization;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Authentication.Subjects;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

/// <summary>Dimensions as people write and read them.</summary>
public sealed class UsageNames(SubjectNames names)
{
    /// <summary>Stored of requests that ended without one: interrupted, or their caller left.</summary>
    private const string NoStatus = "0";

    /// <summary>Name in queries and answers.</summary>
    public static string NameOf(UsageDimension dimension) => dimension switch
    {
        UsageDimension.EndUser => "end_user",
        UsageDimension.User => "user",
        UsageDimension.Group => "group",
        UsageDimension.Project => "project",
        UsageDimension.Key => "key",
        UsageDimension.Model => "model",
        UsageDimension.Endpoint => "endpoint",
        UsageDimension.Status => "status",
        UsageDimension.Hour => "hour",
        UsageDimension.Day => "day",
        UsageDimension.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    public static bool IsTime(UsageDimension dimension) => dimension is UsageDimension.Hour or UsageDimension.Day or UsageDimension.Month;

    /// <summary>What a person wrote in the form that is stored; an empty text asks for what has none. Null: it cannot be one.</summary>
    public string? Stored(UsageDimension dimension, string text)
    {
        if (text.Length > LimitSubjects.MaxLength || text.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        return dimension switch
        {
            UsageDimension.Status when text.Length == 0 => NoStatus,
            UsageDimension.Status => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status < 1000 ? status.ToString(CultureInfo.InvariantCulture) : null,
            _ when text.Length == 0 => text,
            UsageDimension.User => names.Qualify(SubjectNames.User, text) is { } user ? SubjectNames.User + user : null,
            UsageDimension.Group => names.Qualify(SubjectNames.Group, text),
            UsageDimension.Project => names.Qualify(SubjectNames.Project, text),
            UsageDimension.Key => text.StartsWith(SubjectNames.Key, StringComparison.Ordinal) ? text : SubjectNames.Key + text,
            _ => text,
        };
    }

    /// <summary>Null: there is none.</summary>
    public string? Shown(UsageDimension dimension, string? stored) => stored switch
    {
        null or "" => null,
        _ => dimension switch
        {
            UsageDimension.Status when stored == NoStatus => null,
            UsageDimension.User => names.ShowSubject(stored),
            UsageDimension.Group => names.Show(SubjectNames.Group, stored),
            UsageDimension.Project => names.Show(SubjectNames.Project, stored),
            _ => stored,
        },
    };
}
