using Gateway.Storage.Audit;
using Gateway.Storage.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Gateway.Storage.Tests.Hosting;

public sealed class StorageRegistrationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-storage-");

    [Fact]
    public async Task A_started_host_has_a_migrated_database_and_grain_storage_by_name()
    {
        using var host = Build(Path.Combine(_folder.FullName, "gateway.db"), new string('s', 32));

        await host.StartAsync(TestContext.Current.CancellationToken);

        var services = host.Services;
        services.GetRequiredKeyedService<IGrainStorage>(StorageServiceCollectionExtensions.GrainStorageName).Should().NotBeNull();
        (await services.GetRequiredService<IApiKeyStore>().MaxVersionAsync(TestContext.Current.CancellationToken)).Should().Be(0);
        (await services.GetRequiredService<IAuditLog>().ListAsync(null, 10, TestContext.Current.CancellationToken)).Should().BeEmpty();
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Other_services_start_after_the_migration()
    {
        var late = new ReadsAtStart();
        using var host = Build(Path.Combine(_folder.FullName, "gateway.db"), new string('s', 32), services =>
        {
            services.AddSingleton(late);
            services.AddHostedService(provider =>
            {
                late.Store = provider.GetRequiredService<IApiKeyStore>();
                return late;
            });
        });

        await host.StartAsync(TestContext.Current.CancellationToken);

        late.Version.Should().Be(0);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("gateway.db", 32, "DATA_DIR")]
    [InlineData("", 32, "DATA_DIR")]
    [InlineData("/tmp/gateway.db", 31, "CLUSTER_SECRET")]
    public async Task A_wrong_setting_stops_the_start_by_name_and_shows_no_secret(string path, int secretLength, string setting)
    {
        using var host = Build(path, new string('s', secretLength));

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(setting).And.NotContain("ssss");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_stops_the_start_by_name()
    {
        var path = Path.Combine(_folder.FullName, "missing", "gateway.db");
        using var host = Build(path, new string('s', 32));

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<StorageUnavailableException>()).Which.Message.Should().Contain(path);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IHost Build(string path, string secret, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure?.Invoke(builder.Services);
        builder.Services.AddLogging();
        builder.Services.Configure<StorageOptions>(options =>
        {
            options.SqlitePath = path;
            options.ClusterSecret = secret;
            options.CallTimeout = TestDatabase.CallTimeout;
        });
        builder.Services.AddGatewayStorage();
        return builder.Build();
    }

    private sealed class ReadsAtStart : IHostedService
    {
        public IApiKeyStore? Store { get; set; }

        public long Version { get; private set; } = -1;

        public async Task StartAsync(CancellationToken cancellationToken) => Version = await Store!.MaxVersionAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
