using Gateway.Api.Startup;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Demo;

/// <summary>
/// Sees that the demo key is an API key like any other while the demo runs. A disk that is slow for a moment does not end the start, one that
/// stays so does: the key would be printed and not work.
/// </summary>
internal sealed partial class DemoKeyRegistration(Launch launch, IApiKeyStore keys, TimeProvider time, ILogger<DemoKeyRegistration> logger) : IHostedService
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var beganAt = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await RegisterAsync(cancellationToken);
                return;
            }
            catch (StorageUnavailableException problem) when (time.GetElapsedTime(beganAt) < Patience)
            {
                if (isFirst)
                {
                    LogLater(problem.Message, (int)Patience.TotalSeconds);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        if (DemoKey.Find(launch.Data) is { } known && await keys.FindByHashAsync(KeyHash.Of(known), cancellationToken) is { } stored)
        {
            if (stored is { IsAuthentic: true, Record.RevokedAt: null })
            {
                return;
            }

            DemoKey.Remove(launch.Data);
        }

        var text = DemoKey.Find(launch.Data) ?? DemoKey.Create(launch.Data);
        var now = time.GetUtcNow();
        var record = new ApiKeyRecord
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Hash = KeyHash.Of(text),
            Hint = ApiKeyText.Hint(text),
            Name = "demo",
            CreatedAt = now,
            CreatedBy = DemoKey.Actor,
        };
        await keys.InsertAsync(record, DemoKey.Audit("key.create", record.Id), request: null, cancellationToken);
    }

    [LoggerMessage(EventId = 4041, Level = LogLevel.Warning, Message = "The key of the demo cannot be stored now; it is tried again for {Seconds} s. {Reason}")]
    private partial void LogLater(string reason, int seconds);
}
