using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Activations;
using Orleans.Runtime.Transport;
using Orleans.TestingHost.InMemory;

namespace Orleans.TestingHost;

/// <summary>A cluster and a client inside a test. Every message between them is serialized.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable
{
    // Long enough for an honest deactivation, short enough that a call that never ends does not hold a test suite up.
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(5);

    private readonly List<InProcessSiloHandle> _silos = [];
    private readonly InMemoryCluster _cluster = new();
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
        for (var silo = 0; silo < Options.InitialSilosCount; silo++)
        {
            await StartSiloAsync(cancellationToken);
        }

        _client = BuildClient();
        await _client.StartAsync(cancellationToken);
        await RefreshAllAsync();
    }

    public Task<InProcessSiloHandle> StartAdditionalSiloAsync() => StartSiloAsync(CancellationToken.None);

    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => _silos.Where(silo => silo.IsActive);

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        _silos.First(candidate => silo is null || candidate.SiloAddress.Equals(silo)).ServiceProvider;

    public async Task StopSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(true);
        await RefreshAllAsync();
    }

    public async Task KillSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(false);
        _silos.Remove(instance);
        instance.Dispose();
        await RefreshAllAsync();
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
            .UseInMemoryClustering(_cluster)
            .Configure<SiloOptions>(name => name.SiloName = specific.SiloName));
        Options.SiloHostConfigurationDelegates.ForEach(configure => configure(specific, builder));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        await RefreshAsync(host.Services);
        var address = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var handle = new InProcessSiloHandle
        {
            SiloHost = host,
            Name = specific.SiloName,
            SiloAddress = address,
            Disconnect = () => _cluster.Kill(address),
        };
        _silos.Add(handle);
        await RefreshAllAsync();
        return handle;
    }

    // Everybody knows of a change when the call that made it returns, whatever clock the test runs on.
    private async Task RefreshAllAsync()
    {
        foreach (var silo in GetActiveSilos())
        {
            await RefreshAsync(silo.ServiceProvider);
        }

        if (_client is not null)
        {
            await RefreshAsync(_client.Services);
        }
    }

    private static async Task RefreshAsync(IServiceProvider services) => await services.GetRequiredService<IClusterMembershipService>().Refresh();

    // It has the clock and the timeouts of the silos unless it is given its own.
    private IHost BuildClient()
    {
        var builder = CreateHostBuilder();
        builder.UseOrleansClient(client => client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (Options.ServiceId, Options.ClusterId)));
        InMemoryClustering.AddTo(builder.Services, _cluster);
        var silo = GetSiloServiceProvider();
        builder.Services.AddSingleton(silo.GetRequiredService<TimeProvider>());
        builder.Services.AddSingleton(silo.GetRequiredService<MessagingOptions>());
        Options.ClientHostConfigurationDelegates.ForEach(configure => configure(builder));
        builder.Services.Replace(ServiceDescriptor.Singleton<ISiloTransport, InMemoryTransport>());
        return builder.Build();
    }
}
