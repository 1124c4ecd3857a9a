namespace Gateway.Api.Authentication.Keys;

/// <summary>What readiness has to know about the keys.</summary>
public interface IKeysReadiness
{
    /// <summary>Completes when the keys were read for the first time.</summary>
    Task Loaded { get; }

    /// <summary>The database cannot be read now: known keys work, new ones are answered with 503.</summary>
    bool IsStale { get; }
}
