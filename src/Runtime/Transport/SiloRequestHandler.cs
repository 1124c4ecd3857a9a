namespace Orleans.Runtime.Transport;

/// <summary>Answers what other processes ask of this silo, whatever brought it.</summary>
internal sealed class SiloRequestHandler(
    GrainRegistry registry, GrainCaller caller, ClusterRouter router, ClusterViews views, FailureDetector detector, LateCalls lateCalls, IOptions<ClusterTransportOptions> options, TimeProvider clock)
{
    private const int MaxForwards = 2;
    private static readonly TimeSpan WatchTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RefreshTime = TimeSpan.FromSeconds(1);

    /// <summary>Cancelled when the silo stops, so that nobody watches it any more.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public async Task<SiloReply> HandleAsync(SiloRequest request, ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken aborted)
    {
        switch (request)
        {
            case SiloRequest.Call:
                return await CallAsync(message, answer, aborted).ConfigureAwait(false);
            case SiloRequest.Suspect when SiloAddress.TryParse(Encoding.UTF8.GetString(message.Span), out var suspect):
                // Only what this silo itself takes for a member is ever dialled.
                if (views.Current.HasOwner(suspect))
                {
                    detector.Suspect(suspect, askOthers: false);
                }

                return new(Outcome.Answered);
            case SiloRequest.Watch when long.TryParse(message.Span, CultureInfo.InvariantCulture, out var version):
                if (clock.GetElapsedTime(views.LastRead) > FreshFor)
                {
                    return new(Outcome.Refused, "The silo cannot read the membership; another may know more.");
                }

                await WatchAsync(version, aborted).ConfigureAwait(false);
                var view = ViewCodec.Encode(views.Current);
                view.CopyTo(answer.GetSpan(view.Length));
                answer.Advance(view.Length);
                return new(Outcome.Answered);
            case SiloRequest.Ping:
                await RefreshAsync(long.TryParse(message.Span, CultureInfo.InvariantCulture, out var news) ? news : 0, aborted).ConfigureAwait(false);
                return new(Outcome.Answered);
            default:
                return new(Outcome.Refused, "The message is malformed.");
        }
    }

    private async Task<SiloReply> CallAsync(ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken aborted)
    {
        lateCalls.Arrived();
        if (lateCalls.AreRefused)
        {
            return new(Outcome.NotSent, "The silo has left the cluster.");
        }

        GrainCall? call;
        long version;
        string method;
        try
        {
            (call, version, method) = CallCodec.ReadCall(message.Span, registry, caller, aborted);
        }
        catch (Exception exception)
        {
            // Constructors of messages may refuse values with exceptions of any type.
            return new(Outcome.Refused, $"The call is malformed: {exception.Message}");
        }

        if (call is null)
        {
            return new(Outcome.Refused, $"The silo does not know the method {method}.");
        }

        await RefreshAsync(version, aborted).ConfigureAwait(false);
        if (!router.IsHere(call.Target) && ++call.Forwards > MaxForwards)
        {
            CallCodec.WriteException(answer, new OrleansMessageRejectionException($"{call} was forwarded {MaxForwards} times; the silos disagree on who owns the grain."));
            return new(Outcome.Answered);
        }

        call.Send();
        if (!call.Method.IsOneWay)
        {
            await call.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            aborted.ThrowIfCancellationRequested();
        }

        WriteAnswer(call, answer);
        return new(Outcome.Answered);
    }

    private void WriteAnswer(GrainCall call, PooledBuffer answer)
    {
        if (call.Method.IsOneWay)
        {
            "{\"r\":{}}"u8.CopyTo(answer.GetSpan(8));
            answer.Advance(8);
            return;
        }

        if (!call.Ended.IsCompletedSuccessfully)
        {
            CallCodec.WriteException(answer, call.Ended.Exception?.InnerException ?? new OperationCanceledException($"{call} was cancelled."));
            return;
        }

        CallCodec.WriteResult(answer, call);
        if (answer.Length > options.Value.MaxMessageBytes)
        {
            CallCodec.WriteException(answer, new OrleansException($"The result of {call} has {answer.Length} bytes, more than the {options.Value.MaxMessageBytes} of a message."));
        }
    }

    // The sender knows of a change that this silo does not: it must not answer for grains that have moved away. Without the store it does.
    private async ValueTask RefreshAsync(long version, CancellationToken aborted)
    {
        if (version > views.Current.Version)
        {
            await views.Refresh(new(version), aborted).AsTask().WaitAsync(RefreshTime, clock, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(long version, CancellationToken aborted)
    {
        var view = views.Current;
        if (view.Version == version)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, Stopping.Token);
            await Task.WhenAny(view.Replaced, Task.Delay(WatchTime, clock, end.Token)).ConfigureAwait(false);
            aborted.ThrowIfCancellationRequested();
        }
    }
}
