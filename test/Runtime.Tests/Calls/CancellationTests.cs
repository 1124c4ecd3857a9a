namespace Gateway.Runtime.Tests.Calls;

public sealed class CancellationTests
{
    [Fact]
    public async Task cancelling_ends_the_call_for_the_caller_and_cancels_the_token_of_the_grain()
    {
        await using var test = await TestCluster.StartAsync();
        var grain = test.Scripted();
        var started = new TaskCompletionSource();
        var ended = new TaskCompletionSource<bool>();
        test.Scripts.Set("wait", async (self, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, test.Clock, token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);
            ended.SetResult(ReferenceEquals(Orleans.Runtime.Activations.Activation.Current, self.GrainContext));
            return "";
        });
        using var cancellation = new CancellationTokenSource();
        var call = grain.RunCancellable("wait", cancellation.Token);
        await started.Task.Within();

        await cancellation.CancelAsync();

        await call.Awaiting(task => task.Within()).Should().ThrowAsync<OperationCanceledException>();
        (await ended.Task.Within()).Should().BeTrue("the grain's code goes on in its own activation");
    }

    [Fact]
    public async Task a_callback_on_the_token_runs_as_a_turn_of_the_grain()
    {
        await using var test = await TestCluster.StartAsync();
        var inTurn = new TaskCompletionSource<bool>();
        var started = new TaskCompletionSource();
        test.Scripts.Set("wait", async (self, token) =>
        {
            var done = new TaskCompletionSource();
            token.Register(() =>
            {
                inTurn.SetResult(ReferenceEquals(Orleans.Runtime.Activations.Activation.Current, self.GrainContext));
                done.SetResult();
            });
            started.SetResult();
            await done.Task;
            return "";
        });
        using var cancellation = new CancellationTokenSource();
        var call = test.Scripted().RunCancellable("wait", cancellation.Token);
        await started.Task.Within();

        await cancellation.CancelAsync();

        (await inTurn.Task.Within()).Should().BeTrue();
        await call.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task a_queued_call_that_is_cancelled_never_runs()
    {
        await using var test = await TestCluster.StartAsync();
        var grain = test.Scripted();
        var gate = new Grains.Gate();
        var ran = false;
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("mark", _ => (ran = true).ToString());
        var first = grain.Run("hold");
        await gate.WaitForArrivals();
        using var cancellation = new CancellationTokenSource();
        var queued = grain.RunCancellable("mark", cancellation.Token);

        await cancellation.CancelAsync();
        await queued.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        gate.Open();
        await first.Within();
        await grain.Run("hold");

        ran.Should().BeFalse();
    }

    [Fact]
    public async Task a_token_that_is_cancelled_already_sends_nothing()
    {
        await using var test = await TestCluster.StartAsync();
        var grain = test.Scripted();

        var call = () => grain.RunCancellable("anything", new CancellationToken(canceled: true));

        await call.Should().ThrowAsync<OperationCanceledException>();
        test.IsActive(grain).Should().BeFalse();
    }

    [Fact]
    public async Task a_cancellation_that_the_grain_throws_by_itself_reaches_the_caller()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("give up", (_, _) => throw new OperationCanceledException("of its own accord"));

        var call = () => test.Scripted().Run("give up");

        await call.Should().ThrowAsync<OperationCanceledException>();
    }
}
