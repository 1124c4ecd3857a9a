using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Keeps an entry unused while its provider refuses our key. Ends with a key that was not refused yet, or with a trial that succeeds.
/// </summary>
internal sealed class KeyEjection
{
    // Nodes get a rotated key at different moments; a node that still has the old one must not end the ejection of the new one.
    private const int RememberedKeys = 8;

    private readonly List<string> _refused = [];

    public bool IsActive { get; private set; }

    public string? KeyFingerprint { get; private set; }

    public DateTimeOffset? NextTrial { get; private set; }

    public void Begin(DateTimeOffset now, string? keyFingerprint)
    {
        if (!IsActive || keyFingerprint != KeyFingerprint)
        {
            NextTrial = now + HealthPolicy.EjectionTrialPeriod;
        }

        IsActive = true;
        KeyFingerprint = keyFingerprint;
        if (keyFingerprint is not null && !_refused.Contains(keyFingerprint))
        {
            _refused.Add(keyFingerprint);
            if (_refused.Count > RememberedKeys)
            {
                _refused.RemoveAt(0);
            }
        }
    }

    /// <summary>The wait for a trial gets no longer because the clock was set back.</summary>
    public void Follow(DateTimeOffset now) => NextTrial = NextTrial - now > HealthPolicy.EjectionTrialPeriod ? now : NextTrial;

    public bool MayTry(DateTimeOffset now) => !IsActive || now >= NextTrial;

    public void BeginTrial(DateTimeOffset now)
    {
        if (IsActive)
        {
            NextTrial = now + HealthPolicy.EjectionTrialPeriod;
        }
    }

    /// <summary>A node says that the provider accepted this key.</summary>
    public void NoteAccepted(string? keyFingerprint)
    {
        if (IsActive && keyFingerprint is not null && !_refused.Contains(keyFingerprint))
        {
            Suspend();
        }
    }

    /// <summary>The provider took the key.</summary>
    public void End()
    {
        Suspend();
        _refused.Clear();
    }

    private void Suspend()
    {
        IsActive = false;
        KeyFingerprint = null;
        NextTrial = null;
    }
}
