using System.Runtime.InteropServices;
using Gateway.Api.Health;
using Gateway.Silo.Settings;
using Gateway.Silo.Startup;
using Microsoft.AspNetCore.Hosting.Server;

namespace Gateway.Api.Startup.Stopping;

/// <summary>Tells readiness of a stop, holds it up while balancers take notice, and gives a person at the keyboard a way out of a long one.</summary>
internal sealed partial class DrainSignals(
    IHostApplicationLifetime lifetime, Readiness readiness, ListenSockets sockets, IServer server, StartPhase phase, DrainOptions options, TimeProvider time, ILogger<DrainSignals> logger)
    : IHostedLifecycleService, IDisposable
{
    private const int InterruptedExitCode = 130;

    private readonly ILogger _logger = logger;
    private readonly List<IDisposable> _registrations = [];
    private int _signals;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(lifetime.ApplicationStopping.Register(() =>
        {
            readiness.BeginDraining();
            if (phase.Ended)
            {
                LogDraining();
            }
        }));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Before the listeners close. A start that failed has nobody to wait for.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!phase.Ended)
        {
            return;
        }

        if (options.Accept > TimeSpan.Zero)
        {
            await Task.Delay(options.Accept, time, cancellationToken);
            await sockets.EmptyAsync(cancellationToken);
        }

        // Here and not with the other services, so that requests which outlast their time leave them theirs.
        using var maximum = new CancellationTokenSource(options.Maximum, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(maximum.Token, cancellationToken);
        await server.StopAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(InterruptedExitCode);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Stopping: running requests finish; a second signal ends them")]
    private partial void LogDraining();
}
