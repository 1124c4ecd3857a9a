namespace Orleans.Runtime.Activations;

/// <summary>
/// Which requests of one activation wait and which run. Not synchronized: the activation calls it under its lock.
/// <list type="number">
/// <item>An interleaving request may always run.</item>
/// <item>A read-only one may run while every non-interleaving one that runs is read-only.</item>
/// <item>Any other may run when nothing but interleaving ones run.</item>
/// <item>2 and 3 keep the order of arrival, so that a stream of readers cannot starve a writer.</item>
/// </list>
/// </summary>
internal sealed class Mailbox
{
    private readonly LinkedList<ActivationRequest> _running = new();
    private readonly LinkedList<ActivationRequest> _waiting = new();
    private readonly LinkedList<ActivationRequest> _waitingInterleaved = new();
    private int _exclusiveRunning;
    private int _readOnlyRunning;

    public int Count => _running.Count + _waiting.Count + _waitingInterleaved.Count;

    public bool IsRunning => _running.Count > 0;

    public bool HoldsForwardedCall => _waiting.Concat(_waitingInterleaved).Any(request => request is GrainCall { Forwards: > 0 });

    public IReadOnlyList<ActivationRequest> Running => [.. _running];

    public void Enqueue(ActivationRequest request) =>
        (request.Interleaving == Interleaving.Always ? _waitingInterleaved : _waiting).AddLast(request.Node);

    /// <summary>Marks a newly arrived request as running if nothing stands before it.</summary>
    public bool TryStart(ActivationRequest request)
    {
        if (!MayRun(request) || (request.Interleaving != Interleaving.Always && _waiting.Count > 0))
        {
            return false;
        }

        Start(request);
        return true;
    }

    /// <summary>Takes the next waiting request that may run now, or null.</summary>
    public ActivationRequest? StartNext()
    {
        var queue = _waitingInterleaved.Count > 0 ? _waitingInterleaved : _waiting;
        if (queue.First?.Value is not { } next || !MayRun(next))
        {
            return null;
        }

        queue.Remove(next.Node);
        Start(next);
        return next;
    }

    public void Finish(ActivationRequest request)
    {
        _running.Remove(request.Node);
        CountRunning(request.Interleaving, -1);
    }

    /// <summary>Takes a request out that has not started.</summary>
    public bool TryRemoveWaiting(ActivationRequest request)
    {
        var queue = request.Node.List;
        if (queue is null || (queue != _waiting && queue != _waitingInterleaved))
        {
            return false;
        }

        queue.Remove(request.Node);
        return true;
    }

    public IReadOnlyList<ActivationRequest> TakeWaiting()
    {
        ActivationRequest[] taken = [.. _waitingInterleaved, .. _waiting];
        _waitingInterleaved.Clear();
        _waiting.Clear();
        return taken;
    }

    private bool MayRun(ActivationRequest request) => request.Interleaving switch
    {
        Interleaving.Always => true,
        Interleaving.ReadOnly => _exclusiveRunning == 0,
        _ => _exclusiveRunning == 0 && _readOnlyRunning == 0,
    };

    private void Start(ActivationRequest request)
    {
        _running.AddLast(request.Node);
        CountRunning(request.Interleaving, 1);
    }

    private void CountRunning(Interleaving interleaving, int change)
    {
        if (interleaving == Interleaving.Exclusive)
        {
            _exclusiveRunning += change;
        }
        else if (interleaving == Interleaving.ReadOnly)
        {
            _readOnlyRunning += change;
        }
    }
}
