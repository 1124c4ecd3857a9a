using Gateway.Storage.Audit;
using Gateway.Storage.Hosting;
using Gateway.Storage.Keys;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace Gateway.Storage.Tests.Hosting;

public abstract class StorageRegistrationTests(TestDialect dialect)
{
    [Fact]
    public async Task A_started_host_has_a_migrated_database_and_grain_storage_by_name()
    {
        using var database = await TestDatabase.CreateEmptyAsync(dialect);
        using var host = StorageHost.Build(database.Configure);

        await host.StartAsync(TestContext.Current.CancellationToken);

        var services = host.Services;
        services.GetRequiredKeyedService<IGrainStorage>(StorageServiceCollectionExtensions.GrainStorageName).Should().NotBeNull();
        (await services.GetRequiredService<IApiKeyStore>().MaxVersionAsync(TestContext.Current.CancellationToken)).Should().Be(0);
        services.GetRequiredService<StorageReadiness>().IsPrepared.Should().BeTrue();
        (await services.GetRequiredService<IAuditLog>().ListAsync(null, 10, TestContext.Current.CancellationToken)).Should().BeEmpty();
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Other_services_start_after_the_migration()
    {
        using var database = await TestDatabase.CreateEmptyAsync(dialect);
        var late = new ReadsAtStart();
        using var host = StorageHost.Build(database.Configure, services =>
        {
            // The start does not wait for ever for a shared database: here it does, however slow the machine is.
            services.AddSingleton<TimeProvider>(new FakeTimeProvider());
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

    private sealed class ReadsAtStart : IHostedService
    {
        public IApiKeyStore? Store { get; set; }

        public long Version { get; private set; } = -1;

        public async Task StartAsync(CancellationToken cancellationToken) => Version = await Store!.MaxVersionAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class SqliteRegistrationTests() : StorageRegistrationTests(TestDialect.Sqlite);

public sealed class PostgresRegistrationTests() : StorageRegistrationTests(TestDialect.Postgres);
