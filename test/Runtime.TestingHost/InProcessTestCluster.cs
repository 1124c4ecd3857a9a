using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Activations;
using Orleans.Runtime.Calls;
using Orleans.Runtime.Registration;

namespace Orleans.TestingHost;

/// <summary>A cluster of one silo and a client, inside a test.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable
{
    // Long enough for an honest deactivation, short enough that a call that never ends does not hold a test suite up.
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(5);

    private readonly List<InProcessSiloHandle> _silos = [];
    private IHost? _client;
    private int _started;

    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    public InProcessTestClusterOptions Options { get; }

    public IClusterClient Client => _client?.Services.GetRequiredService<IClusterClient>()
        ?? throw new InvalidOperationException($"{nameof(DeployAsync)} comes first.");

    public ReadOnlyCollection<InProcessSiloHandle> Silos => _silos.AsReadOnly();

    public Task DeployAsync() => DeployAsync(CancellationToken.None);

    public async Task DeployAsync(CancellationToken cancellationToken)
    {
        await StartSiloAsync(cancellationToken);
        _client = BuildClient();
        await _client.StartAsync(cancellationToken);
    }

    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => _silos.Where(silo => silo.IsActive);

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        _silos.First(candidate => silo is null || candidate.SiloAddress.Equals(silo)).ServiceProvider;

    [SuppressMessage("Performance", "CA1822", Justification = "An instance method in Orleans.")]
    public Task StopSiloAsync(InProcessSiloHandle instance) => instance.StopSiloAsync(true);

    public async Task KillSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(false);
        _silos.Remove(instance);
        instance.Dispose();
    }

    /// <summary>Stops a silo gracefully and starts a new one in its place.</summary>
    public async Task<InProcessSiloHandle> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await instance.DisposeAsync();
        _silos.Remove(instance);
        return await StartSiloAsync(CancellationToken.None);
    }

    public async Task StopAllSilosAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in GetActiveSilos().ToList())
        {
            await silo.StopSiloAsync(cancellationToken);
        }
    }

    public Task StopAllSilosAsync() => StopAllSilosAsync(CancellationToken.None);

    public bool TryGetGrainContext(GrainId grainId, [NotNullWhen(true)] out IGrainContext? grainContext)
    {
        grainContext = GetActiveSilos()
            .Select(silo => silo.ServiceProvider.GetRequiredService<ActivationDirectory>().TryGet(grainId, out var activation) ? activation : null)
            .FirstOrDefault(activation => activation is not null);
        return grainContext is not null;
    }

    /// <summary>Ends the activation of a grain, if there is one, and waits until it is gone.</summary>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    /// <inheritdoc cref="DeactivateAsync(IAddressable)"/>
    public async Task DeactivateAsync(GrainId grainId)
    {
        if (TryGetGrainContext(grainId, out var context))
        {
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "A test asked for it."));
            await context.Deactivated;
        }
    }

    /// <summary>Waits until the present activation of a grain, if there is one, is gone.</summary>
    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    /// <inheritdoc cref="WaitForDeactivationAsync(IAddressable)"/>
    public Task WaitForDeactivationAsync(GrainId grainId) =>
        TryGetGrainContext(grainId, out var context) ? context.Deactivated : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(DisposePatience);
        if (_client is not null)
        {
            await _client.StopAsync(patience.Token);
        }

        await StopAllSilosAsync(patience.Token);
        _client?.Dispose();
        _silos.ForEach(silo => silo.Dispose());
        _silos.Clear();
    }

    private static HostApplicationBuilder CreateHostBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        return builder;
    }

    private async Task<InProcessSiloHandle> StartSiloAsync(CancellationToken cancellationToken)
    {
        var number = _started++;
        var specific = new InProcessTestSiloSpecificOptions
        {
            SiloName = "Silo_" + number.ToString(CultureInfo.InvariantCulture),
            SiloPort = EndpointOptions.DEFAULT_SILO_PORT + number,
        };
        var builder = CreateHostBuilder();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(specific.SiloPort, serviceId: Options.ServiceId, clusterId: Options.ClusterId)
            .Configure<SiloOptions>(name => name.SiloName = specific.SiloName));
        Options.SiloHostConfigurationDelegates.ForEach(configure => configure(specific, builder));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var address = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var handle = new InProcessSiloHandle { SiloHost = host, Name = specific.SiloName, SiloAddress = address };
        _silos.Add(handle);
        return handle;
    }

    // Its calls go to the router of whichever silo is active when they are made.
    private IHost BuildClient()
    {
        var builder = CreateHostBuilder();
        Options.ClientHostConfigurationDelegates.ForEach(configure => configure(builder));
        var silo = GetSiloServiceProvider();
        var caller = ActivatorUtilities.CreateInstance<GrainCaller>(silo, new ActiveSiloRouter(this));
        builder.Services.AddSingleton<IClusterClient>(services => new ClusterClient(services, silo.GetRequiredService<GrainRegistry>(), caller));
        builder.Services.AddSingleton<IGrainFactory>(services => services.GetRequiredService<IClusterClient>());
        return builder.Build();
    }
}
