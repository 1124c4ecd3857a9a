using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Cluster;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Routing.Health;
using Gateway.Api.Routing.Retries;
using Gateway.Api.Routing.Upstreams;
using Gateway.Api.Streaming;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Usage.Journal;
using Gateway.Api.Usage;
using Gateway.Api.Usage.Journal;
using Gateway.Grains.Manifests;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Access;
using Gateway.Silo.Settings.Limits;
using Gateway.Silo.Settings.Prices;
using Gateway.Storage.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Gateway.Api.Tests.Forwarding.Rig;

/// <summary>The request path on a real server, with real routing over entries that the test names. No silo.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    /// <summary>Not the default: the setting must be what counts.</summary>
    public const int MaxBodyBytes = 12_000_000;

    private readonly WebApplication _app;

    private TestGateway(WebApplication app, RecordedLog log)
    {
        _app = app;
        Log = log;
        Client = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public RecordedLog Log { get; }

    public RoutingState Routing => _app.Services.GetRequiredService<RoutingState>();

    public FakeUsageJournal Journal => (FakeUsageJournal)_app.Services.GetRequiredService<IUsageJournal>();

    public InFlightRequests InFlight => _app.Services.GetRequiredService<InFlightRequests>();

    public GrainCallCounts GrainCalls => _app.Services.GetRequiredService<GrainCallCounts>();

    public PriceOptions Prices => _app.Services.GetRequiredService<IOptions<PriceOptions>>().Value;

    /// <summary>The rules in force.</summary>
    public AccessOptions Access => _app.Services.GetRequiredService<IOptions<AccessOptions>>().Value;

    public TestAuthenticator Authenticator => (TestAuthenticator)_app.Services.GetRequiredService<IAuthenticator>();

    public static Task<TestGateway> StartAsync(params ManifestEntry[] entries) => StartAsync(TimeProvider.System, entries);

    /// <param name="time">The gateway's clock; the server and the sockets keep the real one.</param>
    public static Task<TestGateway> StartAsync(TimeProvider time, params ManifestEntry[] entries) => StartAsync(time, NoGrains.Factory, entries);

    /// <param name="grains">For entries whose accounts have limits.</param>
    public static async Task<TestGateway> StartAsync(TimeProvider time, IGrainFactory grains, params ManifestEntry[] entries)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var log = new RecordedLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var services = builder.Services;
        services.AddSingleton(time);
        services.AddSingleton<IAuthenticator, TestAuthenticator>();
        services.AddSingleton<IProviderCredentials, TestCredentials>();
        services.AddSingleton(Options.Create(new ClusterOptions { Secret = new string('s', 32) }));
        services.AddSingleton(Options.Create(new ManifestOptions()));
        services.AddSingleton(Options.Create(new NodeOptions { NodeId = "node" }));
        services.AddSingleton(Options.Create(new UpstreamProxyOptions()));
        services.AddSingleton(Options.Create(new HttpOptions { MaxBodyBytes = MaxBodyBytes }));
        services.AddSingleton(Options.Create(new IdentityOptions()));
        services.AddSingleton(Options.Create(new LimitsOptions()));
        services.AddSingleton(Options.Create(new PriceOptions()));
        services.AddSingleton<ILimitStore>(new FakeLimitStore(time));
        services.AddSingleton<INodeSessionStore, FakeSessionStore>();
        services.AddSingleton<IUsageJournal, FakeUsageJournal>();
        AddRouter(services, grains);
        services.AddAdmission();
        services.AddMetering();
        services.AddUsageAccounts();
        services.AddStreaming();
        services.AddForwarding();

        var app = builder.Build();
        app.UseRequestIds();
        app.UseInference();
        app.UseJsonErrors();
        app.UseRouting();
        app.MapGet("/known", () => "here");
        app.MapGet("/broken", string () => throw new InvalidOperationException("secret detail"));
        if (entries.Length > 0)
        {
            app.Services.GetRequiredService<RoutingState>().Apply(new ManifestFeed
            {
                Version = 1,
                // With prices, so that no log line is about them.
                Manifest = new ManifestEntries { Version = 1, Entries = [.. entries.Select(entry => entry with { Prices = entry.Prices ?? new TokenPrices { Input = 1, Output = 2 } })] },
            });
        }

        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestGateway(app, log);
    }

    /// <summary>Has these entries in force, and no others.</summary>
    public void Publish(ImmutableArray<ManifestEntry> entries, ImmutableArray<EndpointOverride> overrides)
    {
        var version = Routing.Current!.ManifestVersion + 1;
        Routing.Apply(new ManifestFeed { Version = version, Manifest = new ManifestEntries { Version = version, Entries = entries }, Overrides = overrides });
    }

    /// <summary>Sets limits, which are in force once this returns.</summary>
    public async Task LimitAsync(string subject, string body)
    {
        ((FakeLimitStore)_app.Services.GetRequiredService<ILimitStore>()).Set(subject, body);
        await _app.Services.GetRequiredService<LimitsSnapshot>().RefreshAsync(0, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static void AddRouter(IServiceCollection services, IGrainFactory grains)
    {
        services.AddSingleton(grains);
        services.AddSingleton<IOutcomeListener, NoListener>();
        services.AddSingleton<UpstreamTargets>();
        services.AddSingleton(Options.Create(new AccessOptions()));
        services.AddSingleton<AccessRules>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SnapshotBuilder>(provider, new Random(1)));
        services.AddSingleton<RoutingState>();
        services.AddSingleton<RetryBudget>();
        services.AddSingleton<GrainCallCounts>();
        services.AddSingleton<Router>();
    }

    private sealed class NoListener : IOutcomeListener
    {
        public void OutcomeEnded(EndpointState endpoint)
        {
        }
    }
}
