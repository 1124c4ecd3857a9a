using Gateway.Api.Startup;
using Gateway.Storage.Audit;
using Gateway.Storage.Keys;

namespace Gateway.Api.Demo;

/// <summary>
/// Sees that the key of an earlier demo is none any more: its text was printed into terminals and logs. The file that holds it stays, since
/// the demo may have stored the key in another database than the one in use now; every start asks its own.
/// </summary>
internal sealed partial class DemoKeyRevocation(Launch launch, IApiKeyStore keys, TimeProvider time, ILogger<DemoKeyRevocation> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // As often as keys are read: a database that comes back must not bring the printed key with it for long.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (DemoKey.Find(launch.Data) is { } text)
        {
            // A shared database may be absent at the start.
            var attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _running = RunAsync(KeyHash.Of(text), attempted);
            await Task.WhenAny(attempted.Task, Task.Delay(Patience, time, cancellationToken));
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(KeyHash hash, TaskCompletionSource attempted)
    {
        var isFailing = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await RevokeAsync(hash, _stopping.Token);
                attempted.TrySetResult();
                return;
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                attempted.TrySetResult();
                if (!isFailing)
                {
                    isFailing = true;
                    LogLater(problem.Message);
                }
            }

            await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RevokeAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        if (await keys.FindByHashAsync(hash, cancellationToken) is { Record: { RevokedAt: null } record })
        {
            await keys.RevokeAsync(record.Id, DemoKey.Audit("key.revoke", record.Id), cancellationToken);
        }
    }

    [LoggerMessage(EventId = 4040, Level = LogLevel.Warning, Message = "Whether the key of an earlier demo still holds cannot be asked now; it is tried again. {Reason}")]
    private partial void LogLater(string reason);
}
