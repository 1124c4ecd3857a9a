using Gateway.Runtime.Tests.Grains;
using Orleans.Configuration;

namespace Gateway.Runtime.Tests.Calls;

public sealed class MailboxBoundTests
{
    private static Task<TestCluster> StartAsync() =>
        TestCluster.StartAsync(silo => silo.Configure<SiloMessagingOptions>(options => options.MaxEnqueuedRequestsHardLimit = 3));

    [Fact]
    public async Task a_call_above_the_bound_is_refused_and_does_not_run()
    {
        await using var test = await StartAsync();
        var (grain, gate) = (test.Scripted(), new Gate());
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var held = Enumerable.Range(0, 3).Select(_ => grain.Run("hold")).ToList();

        var refused = () => grain.Run("hold");

        await refused.Should().ThrowExactlyAsync<LimitExceededException>().WithMessage("*MaxEnqueuedRequestsHardLimit*scripted/one*");
        gate.Open();
        await Task.WhenAll(held).Within();
        gate.Arrived.Should().Be(3);
    }

    [Fact]
    public async Task a_place_is_free_again_when_a_waiting_call_is_cancelled()
    {
        await using var test = await StartAsync();
        var (grain, gate) = (test.Scripted(), new Gate());
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var held = new List<Task> { grain.Run("hold"), grain.Run("hold") };
        using var cancellation = new CancellationTokenSource();
        var cancelled = grain.RunCancellable("hold", cancellation.Token);

        await cancellation.CancelAsync();
        await cancelled.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        held.Add(grain.Run("hold"));

        gate.Open();
        await Task.WhenAll(held).Within();
    }

    [Fact]
    public async Task other_grains_are_not_affected()
    {
        await using var test = await StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("answer", _ => "answered");
        var held = Enumerable.Range(0, 3).Select(_ => test.Scripted().Run("hold")).ToList();

        (await test.Scripted("two").Run("answer").Within()).Should().Be("answered");

        gate.Open();
        await Task.WhenAll(held).Within();
    }
}
