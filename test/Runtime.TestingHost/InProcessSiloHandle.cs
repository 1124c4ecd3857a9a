using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Orleans.TestingHost;

/// <summary>A silo that runs in the process of the test.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private bool _active = true;

    public required IHost SiloHost { get; init; }

    /// <summary>Takes the silo off the network, as the end of its process would.</summary>
    internal Action? Disconnect { get; init; }

    public IServiceProvider ServiceProvider => SiloHost.Services;

    public override bool IsActive => _active;

    /// <summary>Stops; ungracefully means as if the process had died.</summary>
    public override Task StopSiloAsync(bool stopGracefully)
    {
        if (!stopGracefully)
        {
            Disconnect?.Invoke();
            ServiceProvider.GetRequiredService<Silo>().Abort();
        }

        return StopSiloAsync(CancellationToken.None);
    }

    /// <summary>Stops gracefully until the token is cancelled, then at once.</summary>
    public override async Task StopSiloAsync(CancellationToken ct)
    {
        if (_active)
        {
            _active = false;
            await SiloHost.StopAsync(ct);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await StopSiloAsync(CancellationToken.None);
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            SiloHost.Dispose();
        }
    }
}
