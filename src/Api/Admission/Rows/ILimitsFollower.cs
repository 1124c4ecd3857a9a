namespace Gateway.Api.Admission.Rows;

/// <summary>Told by the feed that limits changed; loads what changed in the background.</summary>
public interface ILimitsFollower
{
    /// <summary>Returns at once. Repeats and older versions are harmless.</summary>
    void OnLimitsVersion(long limitsVersion);
}
