using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

/// <summary>A call that crosses processes behaves like one that does not.</summary>
public sealed class RemoteCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_exception_crosses_with_its_type_message_and_cause()
    {
        await using var test = await TestCluster.StartAsync(silos: 2);
        test.Scripts.Set("argument", (_, _) => throw new ArgumentException("no good", new InvalidOperationException("the cause")));
        test.Scripts.Set("private", (_, _) => throw new UnheardOfException(3));

        (await test.Scripted().Awaiting(grain => grain.Run("argument")).Should().ThrowExactlyAsync<ArgumentException>().WithMessage("no good"))
            .WithInnerExceptionExactly<InvalidOperationException>().WithMessage("the cause");
        await test.Scripted().Awaiting(grain => grain.Run("private")).Should().ThrowExactlyAsync<OrleansException>().WithMessage("*UnheardOfException: number 3");
    }

    [Fact]
    public async Task the_caller_s_cancellation_reaches_the_grain()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(1);
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Scripts.Set("wait", async (_, token) =>
        {
            token.Register(() => cancelled.TrySetResult());
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return "";
        });
        using var source = new CancellationTokenSource();
        var call = LeavingTests.Scripted(client, "one").RunCancellable("wait", source.Token);
        await started.Task.Within();

        await source.CancelAsync();

        await call.Awaiting(task => task.Within()).Should().ThrowAsync<OperationCanceledException>();
        await cancelled.Task.Within();
    }

    [Fact]
    public async Task the_response_timeout_ends_the_wait_and_not_the_grain_s_work()
    {
        await using var test = await TestCluster.StartAsync(silos: 2);
        var (gate, cancelled) = (new Gate(), false);
        test.Scripts.Set("hold", async (_, token) =>
        {
            token.Register(() => cancelled = true);
            return await gate.Pass();
        });
        var call = test.Scripted().RunBriefly("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(TimeSpan.FromSeconds(5));

        await call.Awaiting(task => task.Within()).Should().ThrowAsync<TimeoutException>().WithMessage("*did not answer within 00:00:05*");
        gate.Open();
        test.Scripts.Set("answer", _ => "next");
        (await test.Scripted().Run("answer").Within()).Should().Be("next");
        cancelled.Should().BeFalse();
    }

    [Fact]
    public async Task a_one_way_call_does_not_wait_for_the_grain()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(1);
        var gate = new Gate();
        cluster.Scripts.Set("hold", (_, _) => gate.Pass());

        await LeavingTests.Scripted(client, "one").RunOneWay("hold").Within();

        await gate.WaitForArrivals();
        gate.Open();
    }

    [Fact]
    public async Task a_call_to_a_silo_that_dies_fails_at_once()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(1);
        var gate = new Gate();
        cluster.Scripts.Set("hold", (_, _) => gate.Pass());
        var call = LeavingTests.Scripted(client, "one").Run("hold");
        await gate.WaitForArrivals();

        await cluster.KillAsync(cluster.Silos.Single());

        // Long before the response timeout of 30 s, which would be another exception.
        await call.Awaiting(task => task.Within()).Should().ThrowAsync<SiloUnavailableException>();
        gate.Open();
    }

    [Fact]
    public async Task a_call_at_a_silo_that_hangs_fails_when_the_silo_is_declared_dead()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);
        var gate = new Gate();
        cluster.Scripts.Set("hold", (_, _) => gate.Pass());
        var hung = cluster.Silos.First();
        var call = LeavingTests.Scripted(client, LeavingTests.KeyOn(hung, "key")).Run("hold");
        await gate.WaitForArrivals();

        hung.Services.GetRequiredService<MembershipAgent>().Dispose();

        await call.Awaiting(task => task.Within()).Should().ThrowAsync<SiloUnavailableException>().WithMessage("*was declared dead while it had*");
        gate.Open();
    }

    [Fact]
    public async Task a_call_that_was_never_sent_waits_for_the_new_owner()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);
        var victim = cluster.Silos.First();
        var key = LeavingTests.KeyOn(victim, "key");
        await cluster.KillAsync(victim);

        // No connection was ever made to the victim from here: refused, not lost. It must not fail.
        (await CallsBetweenSilosTests.Counter(client, key).Add(1).Within()).Should().Be(1);
    }

    [Fact]
    public async Task of_two_live_activations_only_one_can_write()
    {
        await using var test = await TestCluster.StartAsync(silos: 2);
        var ledger = test.Grains.GetGrain<ILedgerGrain>("one");
        await ledger.Add(5);
        var owner = test.OwnerOf(ledger);
        var other = test.Cluster.Silos.First(silo => !silo.SiloAddress.Equals(owner.SiloAddress));

        // A second activation, as after a membership change that one silo has not seen.
        var duplicate = TestCluster.ActivateHere<ILedgerGrain>(other, "one");
        (await duplicate.Add(1)).Should().Be(6);

        await ledger.Awaiting(grain => grain.Add(1)).Should().ThrowAsync<Orleans.Storage.InconsistentStateException>();
        (await ledger.Add(1)).Should().Be(7, "the one that met the conflict was deactivated and has read anew");
    }

    private sealed class UnheardOfException(int number) : Exception($"number {number}");
}
