namespace Orleans.Hosting;

/// <summary>
/// The silo as a part of its host: open before any hosted service starts, closed after all have stopped. In a cluster it becomes a member
/// in the background, whenever the cluster can be reached. Stopping:
/// <list type="number">
/// <item>Its grains get other owners; what still arrives for them is sent on. Without another silo, calls from outside are refused and
/// grains may still call grains.</item>
/// <item>Running interleaving calls are cancelled at once, because they are waits and reads; others after the drain time.</item>
/// <item>All activations deactivate; those that the last calls bring to life again, too.</item>
/// <item>When the host's patience ends, what is left is aborted and its callers are told.</item>
/// </list>
/// </summary>
internal sealed partial class Silo(
    ActivationDirectory directory, ActivationCollector collector, IGrainFactory grainFactory, TimeProvider clock, ILocalSiloDetails details, ILogger<Silo> logger, SiloMembership? membership = null)
    : IHostedLifecycleService
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private static readonly DeactivationReason Stopping = new(DeactivationReasonCode.ShuttingDown, "The silo is stopping.");

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        directory.GrainFactory = grainFactory;
        directory.Admission = Admission.Open;
        collector.Start();
        if (membership is not null)
        {
            await membership.StartAsync(Abort, cancellationToken);
        }

        LogStarted(logger, details.SiloAddress);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (directory.Admission != Admission.Open)
        {
            return;
        }

        collector.Dispose();
        try
        {
            await (membership?.BeginLeaveAsync(cancellationToken) ?? Task.CompletedTask);
            directory.Admission = Admission.Draining;
            CancelRunning(onlyInterleaving: true);
            using var drain = clock.CreateTimer(static silo => ((Silo)silo!).CancelRunning(onlyInterleaving: false), this, DrainTime, Timeout.InfiniteTimeSpan);
            while (directory.Activations is { Count: > 0 } activations)
            {
                await DeactivateAsync(activations).WaitAsync(cancellationToken);
            }

            await (membership?.EndLeaveAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (OperationCanceledException)
        {
            LogAborting(logger, details.SiloAddress, directory.Activations.Count);
        }

        Abort();
        LogStopped(logger, details.SiloAddress);
    }

    /// <summary>Stops as if the process had died: nothing is deactivated, every caller is told.</summary>
    public void Abort()
    {
        directory.Admission = Admission.Closed;
        collector.Dispose();
        membership?.Dispose();
        foreach (var activation in directory.Activations)
        {
            activation.Abort(new SiloUnavailableException("The silo has stopped."));
        }
    }

    private static Task DeactivateAsync(IEnumerable<Activation> activations)
    {
        foreach (var activation in activations)
        {
            activation.Deactivate(Stopping);
        }

        return Task.WhenAll(activations.Select(activation => activation.Deactivated));
    }

    private void CancelRunning(bool onlyInterleaving)
    {
        foreach (var activation in directory.Activations)
        {
            activation.CancelRunning(onlyInterleaving);
        }
    }

    [LoggerMessage(EventId = 10040, Level = LogLevel.Information, Message = "Silo {Silo} started")]
    private static partial void LogStarted(ILogger logger, SiloAddress silo);

    [LoggerMessage(EventId = 10041, Level = LogLevel.Information, Message = "Silo {Silo} stopped")]
    private static partial void LogStopped(ILogger logger, SiloAddress silo);

    [LoggerMessage(EventId = 10042, Level = LogLevel.Warning, Message = "Silo {Silo} aborts {Activations} activations that did not end in time")]
    private static partial void LogAborting(ILogger logger, SiloAddress silo, int activations);
}
