using Gateway.Api.Usage.Journal.Shipping;

namespace Gateway.Api.Admission.Sessions;

/// <summary>The name under which this node holds units and permits, and the numbers of its calls.</summary>
/// <param name="first">Id of the first session, which the journal has too; null: a new one.</param>
public sealed class NodeSession(TimeProvider time, string? first = null) : IJournalTakenObserver
{
    /// <summary>Less than the 10 s after which the cluster takes the session for lost.</summary>
    public static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(8);

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _id = first ?? NewId();
    private long _number;
    private long _renewedAt;
    private volatile bool _isBegun;
    private volatile bool _hasEnded;

    public string Id => _id;

    /// <summary>Completes when a session of this process was written for the first time.</summary>
    public Task Begun => _begun.Task;

    /// <summary>It was renewed lately, so that nobody takes it for lost.</summary>
    public bool IsAlive => _isBegun && !_hasEnded && time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < TrustedFor;

    /// <summary>Its last word was said although the process lives: it must be replaced.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Rises over all calls and reports of the process.</summary>
    public long NextNumber() => Interlocked.Increment(ref _number);

    /// <param name="askedAt">Timestamp from before the renewal was asked for.</param>
    public void Renewed(long askedAt)
    {
        Volatile.Write(ref _renewedAt, askedAt);
        _isBegun = true;
        _begun.TrySetResult();
    }

    /// <summary>The cluster took it for lost, or it has ended: what it held is gone, and a new one begins.</summary>
    public void Replace()
    {
        _isBegun = false;
        _id = NewId();
        _hasEnded = false;
    }

    /// <summary>To every owner of limits it has ended, so that none grants it anything; its keeper replaces it.</summary>
    public void OnTaken() => _hasEnded = true;

    private static string NewId() => Guid.CreateVersion7().ToString("N");
}
