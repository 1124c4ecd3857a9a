using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Gateway.Runtime.Tests.Hosting;

public sealed class SiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task grains_can_be_called_while_hosted_services_start_and_stop()
    {
        var builder = CreateHost(_ => { });
        var service = new CallingService();
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => service.With(provider)));
        using var host = builder.Build();

        await host.StartAsync(Token);
        await host.StopAsync(Token);

        service.Answers.Should().Equal(1, 2);
    }

    [Fact]
    public async Task a_call_before_the_start_says_so()
    {
        using var host = CreateHost(_ => { }).Build();

        var call = () => host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>("one").Get().AsTask();

        await call.Should().ThrowAsync<SiloUnavailableException>().WithMessage("The silo has not started*counter/one*");
    }

    [Fact]
    public async Task a_call_after_the_stop_says_so()
    {
        using var host = CreateHost(_ => { }).Build();
        await host.StartAsync(Token);
        await host.StopAsync(Token);

        var call = () => host.Services.GetRequiredService<IClusterClient>().GetGrain<ICounterGrain>("one").Get().AsTask();

        await call.Should().ThrowAsync<SiloUnavailableException>().WithMessage("The silo is stopping*");
    }

    [Fact]
    public async Task stopping_deactivates_every_activation()
    {
        await using var test = await TestCluster.StartAsync();
        var reasons = new System.Collections.Concurrent.ConcurrentBag<DeactivationReasonCode>();
        test.Scripts.OnDeactivate = (_, reason, _) =>
        {
            reasons.Add(reason.ReasonCode);
            return Task.CompletedTask;
        };
        test.Scripts.Set("answer", _ => "");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => test.Scripted("key" + i).Run("answer")));

        await test.Cluster.StopAllSilosAsync(Token);

        reasons.Should().HaveCount(50).And.OnlyContain(reason => reason == DeactivationReasonCode.ShuttingDown);
    }

    // In which order the stop, the ended activation and the next one come is chance, hence many times.
    [Fact]
    public async Task calls_that_were_accepted_are_served_and_may_call_other_grains_while_the_silo_stops()
    {
        for (var round = 0; round < 100; round++)
        {
            await StopWithRunningAndWaitingCallAsync();
        }
    }

    [Fact]
    public async Task long_polls_end_at_once_when_the_silo_stops()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("poll", async (self, token) =>
        {
            _ = gate.Pass();
            await Task.Delay(Timeout.InfiniteTimeSpan, test.Clock, token);
            return "";
        });
        var poll = test.Scripted().RunInterleavedCancellable("poll", Token);
        await gate.WaitForArrivals();

        await test.Cluster.StopAllSilosAsync(Token).Within();

        await poll.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        gate.Open();
    }

    [Fact]
    public async Task a_call_that_does_not_end_is_cancelled_after_the_drain_time()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("wait", async (self, token) =>
        {
            _ = gate.Pass();
            await Task.Delay(Timeout.InfiniteTimeSpan, test.Clock, token);
            return "";
        });
        var call = test.Scripted().RunCancellable("wait", Token);
        await gate.WaitForArrivals();
        var stopping = test.Cluster.StopAllSilosAsync(Token);
        await Eventually.Holds(() => test.Clock.ArmedTimers == 4, "response timeout on both sides, drain time and deactivation timeout run");

        test.Clock.Advance(TimeSpan.FromSeconds(5));

        await stopping.Within();
        await call.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        gate.Open();
    }

    [Fact]
    public async Task a_stop_ends_when_the_patience_of_the_host_ends()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var stuck = test.Scripted().Run("hold");
        var waiting = test.Scripted().Run("hold");
        await gate.WaitForArrivals();

        await test.Cluster.StopAllSilosAsync(new CancellationToken(canceled: true)).Awaiting(stop => stop.Within()).Should().NotThrowAsync<TimeoutException>();

        await stuck.Awaiting(call => call.Within()).Should().ThrowAsync<SiloUnavailableException>();
        await waiting.Awaiting(call => call.Within()).Should().ThrowAsync<SiloUnavailableException>();
        gate.Open();
    }

    [Theory]
    [InlineData("SiloMessagingOptions.ResponseTimeout")]
    [InlineData("SiloMessagingOptions.MaxEnqueuedRequestsHardLimit")]
    [InlineData("GrainCollectionOptions.CollectionAge")]
    [InlineData("EndpointOptions.SiloPort")]
    public async Task a_wrong_option_stops_the_start_and_is_named(string option)
    {
        using var host = CreateHost(silo => silo
            .Configure<SiloMessagingOptions>(options =>
            {
                options.ResponseTimeout = option.EndsWith("ResponseTimeout") ? TimeSpan.Zero : options.ResponseTimeout;
                options.MaxEnqueuedRequestsHardLimit = option.EndsWith("HardLimit") ? 0 : 1;
            })
            .Configure<GrainCollectionOptions>(options => options.CollectionAge = option.EndsWith("Age") ? TimeSpan.FromSeconds(1) : options.CollectionAge)
            .Configure<EndpointOptions>(options => options.SiloPort = option.EndsWith("Port") ? 70000 : options.SiloPort)).Build();

        var start = () => host.StartAsync(Token);

        await start.Should().ThrowAsync<OptionsValidationException>().WithMessage($"*{option} must*");
    }

    [Fact]
    public async Task configuring_a_silo_twice_adds_up()
    {
        var builder = CreateHost(silo => silo.Configure<SiloOptions>(options => options.SiloName = "first"));
        builder.UseOrleans(silo => silo.Configure<ClusterOptions>(options => options.ClusterId = "second"));
        using var host = builder.Build();
        await host.StartAsync(Token);

        var details = host.Services.GetRequiredService<ILocalSiloDetails>();

        (details.Name, details.ClusterId).Should().Be(("first", "second"));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task a_generic_host_builder_can_have_a_silo()
    {
        using var host = new HostBuilder().UseOrleans(silo => silo.UseLocalhostClustering(22222)).Build();
        await host.StartAsync(Token);

        (await host.Services.GetRequiredService<IClusterClient>().GetGrain<ICounterGrain>("one").Add(1)).Should().Be(1);

        host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.Port.Should().Be(22222);
        await host.StopAsync(Token);
    }

    private static async Task StopWithRunningAndWaitingCallAsync()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", async (self, _) =>
        {
            await gate.Pass();
            return (await self.Factory.GetGrain<ICounterGrain>("other").Add(1)).ToString();
        });
        test.Scripts.Set("answer", _ => "answered");
        var running = test.Scripted().Run("hold");
        var waiting = test.Scripted().Run("answer");
        await gate.WaitForArrivals();

        var stopping = test.Cluster.StopAllSilosAsync(Token);
        gate.Open();

        (await running.Within()).Should().Be("1");
        (await waiting.Within()).Should().Be("answered");
        await stopping.Within();
    }

    private static HostApplicationBuilder CreateHost(Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(configure);
        return builder;
    }

    private sealed class CallingService : IHostedService
    {
        private IServiceProvider? _services;

        public List<int> Answers { get; } = [];

        public CallingService With(IServiceProvider services)
        {
            _services = services;
            return this;
        }

        public Task StartAsync(CancellationToken cancellationToken) => CallAsync();

        public Task StopAsync(CancellationToken cancellationToken) => CallAsync();

        private async Task CallAsync() => Answers.Add(await _services!.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>("one").Add(1));
    }
}
