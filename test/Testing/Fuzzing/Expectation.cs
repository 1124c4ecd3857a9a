namespace Gateway.Testing.Fuzzing;

/// <summary>What a generator knows of its work.</summary>
public enum Expectation
{
    /// <summary>It is good: it must get through.</summary>
    Accepted,

    /// <summary>It is bad: it must be refused, and nothing of it may get through.</summary>
    Refused,

    /// <summary>Either, as long as whatever gets through keeps the rules.</summary>
    Unknown,
}

public static class Expectations
{
    /// <summary>Of something with both parts: one bad part spoils it.</summary>
    public static Expectation And(this Expectation one, Expectation other) =>
        one is Expectation.Refused || other is Expectation.Refused ? Expectation.Refused
        : one is Expectation.Unknown || other is Expectation.Unknown ? Expectation.Unknown
        : Expectation.Accepted;
}
