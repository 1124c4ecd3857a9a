namespace Gateway.Abstractions.Limits;

public enum WindowKind
{
    /// <summary>A rate share, never leased.</summary>
    Second,

    /// <summary>Any 60 s in a row.</summary>
    Minute,

    /// <summary>Calendar day in the subject's time zone; so are week (from Monday) and month.</summary>
    Day,
    Week,
    Month,

    /// <summary>Any <see cref="WindowLimit.RollingHours"/> in a row.</summary>
    RollingHours,
}
