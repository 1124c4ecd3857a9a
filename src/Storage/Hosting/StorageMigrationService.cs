using Gateway.Storage.Sql;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Hosting;

/// <summary>
/// Migrates before any other hosted service starts. An embedded database that cannot be prepared ends the start. A shared one may come
/// later than its gateways: it is tried again in the background until it is there.
/// </summary>
internal sealed partial class StorageMigrationService(
    GatewayDatabase database, StorageMigrator migrator, StorageReadiness readiness, TimeProvider time, ILogger<StorageMigrationService> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!database.IsShared)
        {
            await migrator.MigrateAsync(cancellationToken);
            readiness.ReportPrepared();
            return;
        }

        // Usually it is there: then the silo opens on tables that exist. Otherwise nothing waits for it.
        var attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running = RunAsync(attempted);
        await Task.WhenAny(attempted.Task, Task.Delay(Patience, time, cancellationToken));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(TaskCompletionSource attempted)
    {
        string? told = null;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await migrator.MigrateAsync(_stopping.Token);
                if (told is not null)
                {
                    LogPrepared(database.DisplayName);
                }

                // Last: who waits for it finds the line that says why.
                readiness.ReportPrepared();
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Once per cause, not once per second.
                if (told != exception.Message)
                {
                    told = exception.Message;
                    LogNotPrepared(told);
                }
            }
            finally
            {
                attempted.TrySetResult();
            }

            await Task.WhenAny(Task.Delay(Pause, time, _stopping.Token));
        }
    }

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "DATABASE_URL: {Reason} The gateway goes on without it and tries again every second.")]
    private partial void LogNotPrepared(string reason);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "DATABASE_URL: the database {Database} is there and has the tables of this version.")]
    private partial void LogPrepared(string database);
}
