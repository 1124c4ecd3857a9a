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
