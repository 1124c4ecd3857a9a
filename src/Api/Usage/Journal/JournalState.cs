namespace Gateway.Api.Usage.Journal;

public enum JournalState
{
    Writing,

    /// <summary>As large as it may be: the database has not taken it in for long.</summary>
    Full,

    /// <summary>The disk refuses; tried again every second.</summary>
    Failed,

    /// <summary>The process ends.</summary>
    Closed,
}
