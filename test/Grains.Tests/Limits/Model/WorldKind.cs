namespace Gateway.Grains.Tests.Limits.Model;

internal enum WorldKind
{
    Small,

    /// <summary>Stocks are made of the minute window, its slots are claimed ahead, and neither other windows nor concurrency are in its way.</summary>
    Large,

    /// <summary>Just before the end of a day that is used up, and what is left of it rolls over.</summary>
    Midnight,
}
