using System.Net;
using Gateway.Api.Startup;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Demo;

/// <summary>Two providers on loopback ports of their own. Up before the silo asks for the manifest, which names their addresses.</summary>
internal sealed class DemoUpstream(Launch launch, TimeProvider time) : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly string[] Names = ["north", "south"];

    private WebApplication? _app;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            foreach (var _ in Names)
            {
                options.Listen(IPAddress.Loopback, 0);
            }
        });
        _app = builder.Build();
        var endpoints = new List<DemoEndpoint>();
        new DemoProvider(context => endpoints.First(endpoint => new Uri(endpoint.Address).Port == context.Connection.LocalPort).Name, time).Map(_app);
        await _app.StartAsync(cancellationToken);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        endpoints.AddRange(Names.Zip(addresses, (name, address) => new DemoEndpoint(name, address)));
        await File.WriteAllTextAsync(launch.Data.DemoManifestPath, DemoManifest.Write(endpoints), cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
