using Gateway.Api.Startup;
using Gateway.Storage.Keys;

namespace Gateway.Api.Demo;

/// <summary>Sees that the demo key is an API key like any other while the demo runs.</summary>
internal sealed class DemoKeyRegistration(Launch launch, IApiKeyStore keys, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
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

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
