using System.Security.Cryptography;
using System.Text;
using Gateway.Abstractions.Tokens;
using Gateway.Grains.Manifests;
using Gateway.Grains.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Gateway.Grains.Tests.Support;

/// <summary>Silos with the real token grains; the clock belongs to the test.</summary>
internal sealed class TokenCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private TokenCluster(InProcessTestCluster cluster, FakeTimeProvider clock, LogSink logs)
    {
        _cluster = cluster;
        Clock = clock;
        Logs = logs;
    }

    public FakeTimeProvider Clock { get; }

    public LogSink Logs { get; }

    public static async Task<TokenCluster> StartAsync(Action<IntrospectionOptions> configure, FakeTimeProvider? clock = null, short silos = 1)
    {
        clock ??= new FakeTimeProvider();
        var logs = new LogSink();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock);
            silo.Services.Configure(configure);
            silo.Services.Configure<ManifestOptions>(options => options.Sources = [new ManifestSource("unused", new Uri("file:///unused"), null)]);
            silo.Services.AddGatewayGrains();
            silo.Services.AddLogging(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        return new TokenCluster(cluster, clock, logs);
    }

    public ITokenGrain Grain(string token) => _cluster.Client.GetGrain<ITokenGrain>(ITokenGrain.KeyOf(SHA256.HashData(Encoding.UTF8.GetBytes(token))));

    public Task<TokenAnswer> AskAsync(string token) => Grain(token).Introspect(new TokenQuestion { Token = token }, TestContext.Current.CancellationToken);

    public Task ForgetAsync(string token) => _cluster.DeactivateAsync(Grain(token));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
