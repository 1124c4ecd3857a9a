namespace Orleans.Runtime.Calls;

/// <summary>
/// Brings each call to the silo that owns its grain.
/// <list type="number">
/// <item>This silo: to the activation. No silo active: the call fails at once, as in Orleans.</item>
/// <item>Another one: as a message. An answer, a refusal or a connection that was lost on the way ends the call.</item>
/// <item>The silo is declared dead while it owes an answer: as if the connection was lost. A connection to a silo that hangs may look alive.</item>
/// <item>Never sent, because no connection could be made: the silo is looked after, and the call is routed anew when the view changes,
/// until its response timeout.</item>
/// </list>
/// </summary>
internal sealed class ClusterRouter(
    ClusterViews views, ISiloTransport transport, FailureDetector detector, TimeProvider clock, ActivationDirectory? directory = null, LocalSiloDetails? local = null) : IGrainCallRouter
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<GrainCall, SiloAddress> _away = new();

    public bool IsHere(GrainId grain) => local is not null && local.SiloAddress.Equals(views.Current.OwnerOf(grain));

    /// <summary>Another silo owns it. Not the opposite of <see cref="IsHere"/>: while no silo is active, nobody does.</summary>
    public bool IsElsewhere(GrainId grain) => views.Current.OwnerOf(grain) is { } owner && !owner.Equals(local?.SiloAddress);

    public void Send(GrainCall call)
    {
        if (!TrySendHere(call, views.Current.OwnerOf(call.Target)))
        {
            StartSending(call);
        }
    }

    /// <summary>Sends a call whose grain this silo does not own any more to the silo that does, if there is one.</summary>
    public bool TrySendElsewhere(GrainCall call)
    {
        if (views.Current.OwnerOf(call.Target) is not { } owner || owner.Equals(local?.SiloAddress))
        {
            return false;
        }

        call.Forwards++;
        StartSending(call);
        return true;
    }

    /// <summary>Ends the calls that are at silos which are no members any more.</summary>
    public void EndLost(ClusterView view)
    {
        foreach (var (call, silo) in _away)
        {
            if (!view.Members.Any(member => member.Status != SiloStatus.Dead && member.Address.Equals(silo)))
            {
                call.Reject(new SiloUnavailableException($"Silo {silo} was declared dead while it had {call}, which may or may not have run."));
                call.EndTransit();
            }
        }
    }

    private void StartSending(GrainCall call)
    {
        using var noFlow = FlowSuppression.Begin();
        _ = SendAwayAsync(call);
    }

    private bool TrySendHere(GrainCall call, SiloAddress? owner)
    {
        if (owner is null && directory?.Admission != Admission.Draining)
        {
            call.Reject(new SiloUnavailableException($"No silo of the cluster is active; {call} was not sent."));
            return true;
        }

        // The last silo of a cluster serves its own grains until it has stopped.
        if (owner is null || owner.Equals(local?.SiloAddress))
        {
            directory!.Send(call);
            return true;
        }

        return false;
    }

    private async Task SendAwayAsync(GrainCall call)
    {
        try
        {
            while (!call.IsCompleted)
            {
                var view = views.Current;
                var owner = view.OwnerOf(call.Target);
                if (TrySendHere(call, owner) || await TrySendAsync(call, view, owner!).ConfigureAwait(false))
                {
                    return;
                }

                detector.Suspect(owner!);
                if (call.Remaining <= TimeSpan.Zero)
                {
                    call.Reject(new SiloUnavailableException($"Silo {owner} cannot be reached; {call} was not sent."));
                    return;
                }

                await Task.WhenAny(view.Replaced, Task.Delay(RetryPeriod, clock, CancellationToken.None)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever cancelled has ended the call.
        }
        catch (Exception exception)
        {
            call.Reject(new OrleansException($"{call} failed on its way: {exception.Message}", exception));
        }
    }

    /// <summary>False when it may be sent again.</summary>
    private async Task<bool> TrySendAsync(GrainCall call, ClusterView view, SiloAddress owner)
    {
        // Given back only after an answer: without one, the connection may still be reading it.
        var message = new PooledBuffer();
        using var answer = new PooledBuffer();
        CallCodec.WriteCall(message, call, view.Version);
        _away[call] = owner;
        SiloReply reply;
        try
        {
            reply = await transport.SendAsync(owner, SiloRequest.Call, message.Memory, answer, call.BeginTransit()).ConfigureAwait(false);
        }
        finally
        {
            _away.TryRemove(call, out _);
        }

        switch (reply.Outcome)
        {
            case Outcome.Answered:
                message.Dispose();
                CallCodec.ReadAnswer(answer.Memory.Span, call);
                return true;
            case Outcome.NotSent:
                return false;
            case Outcome.Lost:
                detector.Suspect(owner);
                call.Reject(new SiloUnavailableException($"Silo {owner} was lost while it had {call}, which may or may not have run: {reply.Problem}"));
                return true;
            default:
                call.Reject(new OrleansMessageRejectionException($"Silo {owner} refused {call}: {reply.Problem}"));
                return true;
        }
    }
}
