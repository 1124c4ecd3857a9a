namespace Orleans.Runtime.Activations;

/// <summary>The activations of this silo; delivers calls to them and makes the missing ones.</summary>
internal sealed partial class ActivationDirectory(GrainRegistry registry, ActivationSettings settings) : IGrainCallRouter
{
    public static readonly DeactivationReason Moved = new(DeactivationReasonCode.Migrating, "Another silo owns the grain now.");

    private const int MaxForwards = 2;

    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();

    // Written by the silo, read by every call.
    private volatile Admission _admission = Admission.NotStarted;

    public Admission Admission
    {
        get => _admission;
        set => _admission = value;
    }

    public ICollection<Activation> Activations => _activations.Values;

    /// <summary>Set once at start; the factory needs this router, and activations need the factory.</summary>
    public IGrainFactory GrainFactory { get; set; } = null!;

    /// <summary>Where calls go whose activation has ended. In a cluster, to whoever owns the grain now; set once at start.</summary>
    public IGrainCallRouter? Router { get; set; }

    public void Send(GrainCall call)
    {
        if (!Admits(call))
        {
            // It was on its way here when the grain got another owner.
            if (Router is ClusterRouter router && router.TrySendElsewhere(call))
            {
                return;
            }

            call.Reject(new SiloUnavailableException(Admission == Admission.NotStarted
                ? $"The silo has not started; {call} was not delivered."
                : $"The silo is stopping; {call} was not delivered."));
            return;
        }

        while (true)
        {
            var isNew = false;
            if (!_activations.TryGetValue(call.Target, out var activation))
            {
                isNew = true;
                activation = Activate(call);
                if (activation is null)
                {
                    return;
                }
            }

            switch (activation.Receive(call))
            {
                case Delivery.Accepted:
                    AbortIfClosed(activation);
                    if (isNew)
                    {
                        LeaveIfMoved(activation);
                    }

                    return;
                case Delivery.Overloaded:
                    LogOverloaded(settings.Logger, call.Target, settings.MaxEnqueuedRequests);
                    call.Reject(new LimitExceededException(
                        nameof(Configuration.SiloMessagingOptions.MaxEnqueuedRequestsHardLimit), settings.MaxEnqueuedRequests, settings.MaxEnqueuedRequests, call.Target));
                    return;
                default:
                    Remove(activation);
                    continue;
            }
        }
    }

    /// <summary>Sends a call on that waited at an activation which has ended.</summary>
    public void Forward(GrainCall call)
    {
        if (++call.Forwards > MaxForwards)
        {
            call.Reject(new OrleansMessageRejectionException(string.Create(
                CultureInfo.InvariantCulture, $"{call} was forwarded {MaxForwards} times; its activations end before they run it.")));
            return;
        }

        (Router ?? this).Send(call);
    }

    public bool TryGet(GrainId id, out Activation? activation) => _activations.TryGetValue(id, out activation);

    public void Remove(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    private bool Admits(GrainCall call) => Admission switch
    {
        Admission.Open => true,
        // What runs may still need other grains, and what was accepted is still served.
        Admission.Draining => call.FromGrain || call.Forwards > 0,
        _ => false,
    };

    private Activation? Activate(GrainCall call)
    {
        if (registry.FindClass(call.Target.Type) is not { } grainClass)
        {
            call.Reject(new ArgumentException($"No grain class has the type '{call.Target.Type}'."));
            return null;
        }

        var created = new Activation(call.Target, grainClass, this, settings, GrainFactory);
        var listed = _activations.GetOrAdd(call.Target, created);
        if (ReferenceEquals(listed, created))
        {
            created.Start();
        }

        return listed;
    }

    // A call that passed the gate just before it closed must not leave an activation behind that nobody stops.
    private void AbortIfClosed(Activation activation)
    {
        if (Admission == Admission.Closed)
        {
            activation.Abort(new SiloUnavailableException("The silo has stopped."));
        }
    }

    // A call that passed just before the view changed must not leave an activation behind that the change overlooked: kept alive, it would stay.
    private void LeaveIfMoved(Activation activation)
    {
        if (Router is ClusterRouter router && router.IsElsewhere(activation.GrainId))
        {
            activation.Deactivate(Moved, CancellationToken.None);
        }
    }

    [LoggerMessage(EventId = 10010, Level = LogLevel.Warning, Message = "Grain {GrainId} has {Limit} waiting and running calls; a call was rejected")]
    private static partial void LogOverloaded(ILogger logger, GrainId grainId, int limit);
}
