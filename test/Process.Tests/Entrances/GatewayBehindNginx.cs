using Gateway.Process.Rigs;

namespace Gateway.Process.Entrances;

/// <summary>The gateway with <c>infra/nginx</c> in front of it. nginx starts with the first test that needs it, which is skipped without nginx.</summary>
public sealed class GatewayBehindNginx : SharedGateway
{
    private readonly SemaphoreSlim starting = new(1);
    private NginxProcess? nginx;

    public async Task<NginxProcess> NginxAsync()
    {
        await starting.WaitAsync();
        try
        {
            return nginx ??= await NginxProcess.StartAsync(new Uri(Gateway.Origin).Authority);
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>A client that sends no credential of itself.</summary>
    public async Task<HttpClient> ClientAsync() =>
        new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri((await NginxAsync()).Origin), Timeout = Eventually.DefaultBound };

    public override async ValueTask DisposeAsync()
    {
        if (nginx is not null)
        {
            await nginx.DisposeAsync();
        }

        starting.Dispose();
        await base.DisposeAsync();
    }
}
