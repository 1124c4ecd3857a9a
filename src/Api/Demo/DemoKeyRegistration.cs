using Gateway.Api.Startup;
using Gateway.Storage.Audit;
using Gateway.Storage.Keys;

namespace Gateway.Api.Demo;

/// <summary>
/// Sees that the demo key is an API key like any other while the demo runs, and that it is none any more afterwards: its text was
/// printed into terminals and logs.
/// </summary>
internal sealed class DemoKeyRegistration(Launch launch, IApiKeyStore keys, TimeProvider time) : IHostedService
{
    private const string Actor = "demo";

    public Task StartAsync(CancellationToken cancellationToken) =>
        launch.Demo ? EnsureAsync(cancellationToken) : RevokeAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task EnsureAsync(CancellationToken cancellationToken)
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
            CreatedBy = Actor,
        };
        await keys.InsertAsync(record, Audit("key.create", record.Id), request: null, cancellationToken);
    }

    private async Task RevokeAsync(CancellationToken cancellationToken)
    {
        if (DemoKey.Find(launch.Data) is not { } text)
        {
            return;
        }

        if (await keys.FindByHashAsync(KeyHash.Of(text), cancellationToken) is { Record: var record })
        {
            await keys.RevokeAsync(record.Id, Audit("key.revoke", record.Id), cancellationToken);
        }

        DemoKey.Remove(launch.Data);
    }

    private static AuditEntry Audit(string action, string id) => new(Actor, action, $"key:{id}");
}
