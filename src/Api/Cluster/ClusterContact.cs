namespace Gateway.Api.Cluster;

/// <summary>When this node last heard from the cluster. Measured on its own clock, so that no other clock can make old news look fresh.</summary>
public sealed class ClusterContact(TimeProvider time)
{
    private long _lastAnswer = time.GetTimestamp();
    private long _lastMembers = time.GetTimestamp();
    private long _keysVersion;

    /// <summary>Since the last answer of the manifest's owner; since the start before the first.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _lastAnswer));

    /// <summary>Since an owner answered that knows who the members are; as <see cref="Silence"/> otherwise.</summary>
    public TimeSpan SinceMembersKnown => time.GetElapsedTime(Volatile.Read(ref _lastMembers));

    /// <summary>The newest version of the keys that the cluster told of.</summary>
    public long KeysVersion => Interlocked.Read(ref _keysVersion);

    /// <summary>The owner answered a call.</summary>
    public void Note() => Volatile.Write(ref _lastAnswer, time.GetTimestamp());

    /// <summary>The owner that answered knows who the members are.</summary>
    public void NoteMembersKnown() => Volatile.Write(ref _lastMembers, time.GetTimestamp());

    /// <summary>The owner told which version the keys have. Never lowers it.</summary>
    public void NoteKeys(long keysVersion)
    {
        for (var known = KeysVersion; keysVersion > known;)
        {
            var seen = Interlocked.CompareExchange(ref _keysVersion, keysVersion, known);
            if (seen == known)
            {
                return;
            }

            known = seen;
        }
    }
}
