using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Gateway.Runtime.Tests.Persistence;

public sealed class PersistentStateTests
{
    [Fact]
    public async Task state_is_there_before_the_grain_activates()
    {
        await using var test = await TestCluster.StartAsync();
        var ledger = test.Grains.GetGrain<ILedgerGrain>("one");
        await ledger.Add(5);

        await test.Cluster.DeactivateAsync(ledger).Within();

        (await ledger.Total()).Should().Be(5);
    }

    [Fact]
    public async Task every_grain_and_every_name_has_a_record_of_its_own()
    {
        await using var test = await TestCluster.StartAsync();
        await test.Grains.GetGrain<ILedgerGrain>("one").Add(5);
        await test.Grains.GetGrain<ILedgerGrain>("two").Add(7);

        var store = test.Cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>("store");
        var record = new Record();
        await store.ReadStateAsync("ledger", GrainId.Create("ledger", "two"), record);

        record.State!.Total.Should().Be(7);
        record.RecordExists.Should().BeTrue();
    }

    [Fact]
    public async Task a_write_over_someone_elses_write_changes_nothing_and_the_next_call_sees_theirs()
    {
        await using var test = await TestCluster.StartAsync();
        var ledger = test.Grains.GetGrain<ILedgerGrain>("one");
        await ledger.Add(5);
        var store = test.Cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>("store");
        var id = GrainId.Create("ledger", "one");
        var other = new Record();
        await store.ReadStateAsync("ledger", id, other);
        other.State = new() { Total = 100 };
        await store.WriteStateAsync("ledger", id, other);

        await ledger.Awaiting(grain => grain.Add(1)).Should().ThrowAsync<InconsistentStateException>();

        (await ledger.Total()).Should().Be(100);
        (await ledger.Add(1)).Should().Be(101);
    }

    [Fact]
    public async Task clearing_removes_the_record_and_leaves_a_fresh_value()
    {
        await using var test = await TestCluster.StartAsync();
        var ledger = test.Grains.GetGrain<ILedgerGrain>("one");
        (await ledger.Etag()).Should().BeNull();
        await ledger.Add(5);
        (await ledger.Etag()).Should().NotBeNull();

        await ledger.Clear();

        (await ledger.Etag()).Should().BeNull();
        (await ledger.Add(2)).Should().Be(2);
        await ledger.Reload();
    }

    [Fact]
    public async Task a_failing_provider_is_named_with_the_state_and_the_grain()
    {
        await using var test = await TestCluster.StartAsync(silo => silo.Services.AddKeyedSingleton<IGrainStorage>("store", new BrokenStorage()));

        var call = () => test.Grains.GetGrain<ILedgerGrain>("one").Total();

        (await call.Should().ThrowExactlyAsync<OrleansException>().WithMessage("*read state 'ledger' of grain ledger/one: the disk is gone"))
            .WithInnerException<IOException>();
    }

    [Fact]
    public async Task a_storage_that_is_not_registered_is_named()
    {
        await using var test = await TestCluster.StartAsync(silo => silo.Services.Remove(silo.Services.Single(service => service.IsKeyedService && (string?)service.ServiceKey == "store")));

        var call = () => test.Grains.GetGrain<ILedgerGrain>("one").Total();

        await call.Should().ThrowAsync<OrleansConfigurationException>().WithMessage("*'ledger' in storage 'store', which is not registered*");
    }

    private sealed class Record : IGrainState<LedgerState>
    {
        public LedgerState? State { get; set; }

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }

    private sealed class BrokenStorage : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new IOException("the disk is gone");

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new IOException("the disk is gone");

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new IOException("the disk is gone");
    }
}
