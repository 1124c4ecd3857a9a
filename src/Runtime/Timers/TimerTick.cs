namespace Orleans.Runtime.Timers;

/// <summary>One callback of a timer as a request to its activation. A timer has one, which it sends again and again.</summary>
internal sealed class TimerTick(GrainTimer timer, GrainTimerCreationOptions options) : ActivationRequest
{
    public override Interleaving Interleaving { get; } = options.Interleave ? Interleaving.Always : Interleaving.Exclusive;

    public override bool KeepsAlive { get; } = options.KeepAlive;

    public override Task RunAsync(object grain) => timer.RunCallbackAsync();

    public override void OnFinished() => timer.OnTickFinished();

    public override void CancelRunning() => timer.Cancel();
}
