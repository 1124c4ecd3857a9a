namespace Gateway.Api.Authentication.Keys;

/// <summary>When one key was last used on this node. Shared by all entries of the key.</summary>
internal sealed class KeyUsage(string keyId)
{
    private long _usedAt;
    private long _recordedAt;

    public string KeyId => keyId;

    public DateTimeOffset UsedAt => new(Volatile.Read(ref _usedAt), TimeSpan.Zero);

    public bool IsNews => Volatile.Read(ref _usedAt) > Volatile.Read(ref _recordedAt);

    /// <summary>Called by every request: writes at most once a second, so that cores do not fight for the line.</summary>
    public void Note(DateTimeOffset now)
    {
        if (now.UtcTicks - Volatile.Read(ref _usedAt) >= TimeSpan.TicksPerSecond)
        {
            Volatile.Write(ref _usedAt, now.UtcTicks);
        }
    }

    /// <summary>How often in a row it could not be stored.</summary>
    public int Failures { get; set; }

    /// <summary>Everything up to this time is stored.</summary>
    public void Recorded(DateTimeOffset at)
    {
        Failures = 0;
        Volatile.Write(ref _recordedAt, at.UtcTicks);
    }
}
