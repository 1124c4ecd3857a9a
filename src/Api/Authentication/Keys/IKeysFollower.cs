namespace Gateway.Api.Authentication.Keys;

/// <summary>Told by the feed that API keys changed; loads what changed in the background.</summary>
public interface IKeysFollower
{
    /// <summary>Returns at once. Repeats and older versions are harmless.</summary>
    void OnKeysVersion(long keysVersion);

    /// <summary>Every change up to this version is in force on this node; what its heartbeat reports.</summary>
    long AppliedVersion { get; }

    /// <summary>Raised after <see cref="AppliedVersion"/> rose, on any thread.</summary>
    event Action? VersionApplied;
}
