namespace Orleans.Hosting;

/// <summary>The part of a silo's life that concerns other silos.</summary>
internal sealed class SiloMembership(
    ActivationDirectory directory, ClusterRouter router, ClusterViews views, MembershipAgent agent, ISiloListener listener, SiloRequestHandler handler, LateCalls lateCalls, LocalSiloDetails local, IHostApplicationLifetime host)
    : IDisposable
{
    private static readonly TimeSpan StoreTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private volatile bool _leaving;

    public async Task StartAsync(Action abort, CancellationToken cancellationToken)
    {
        directory.Router = router;
        views.Changed = view =>
        {
            router.EndLost(view);
            DeactivateMoved(view);
        };
        agent.Failed = _ =>
        {
            // The table says that others have its grains: whoever restarts processes must see that this one did not end well.
            Environment.ExitCode = 1;
            abort();
            host.StopApplication();
        };
        await listener.StartAsync(cancellationToken);
        agent.Start();
    }

    public Task BeginLeaveAsync(CancellationToken cancellationToken)
    {
        _leaving = true;
        return TellAsync(SiloStatus.ShuttingDown, cancellationToken);
    }

    public async Task EndLeaveAsync(CancellationToken cancellationToken)
    {
        await handler.Stopping.CancelAsync();
        if (views.Current.Owners.Any())
        {
            await lateCalls.EndAsync(cancellationToken);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerTime);
        await listener.StopAsync(patience.Token);
        await TellAsync(SiloStatus.Dead, cancellationToken);
    }

    public void Dispose() => agent.Dispose();

    // Without the store the silo leaves untold.
    private async Task TellAsync(SiloStatus status, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StoreTime);
        await agent.LeaveAsync(status, timeout.Token);
    }

    private void DeactivateMoved(ClusterView view)
    {
        if (_leaving)
        {
            return;
        }

        foreach (var activation in directory.Activations)
        {
            if (view.OwnerOf(activation.GrainId) is { } owner && !owner.Equals(local.SiloAddress))
            {
                activation.CancelRunning(onlyInterleaving: true);
                activation.Deactivate(ActivationDirectory.Moved, CancellationToken.None);
            }
        }
    }
}
