using Gateway.Runtime.Tests.Grains;
using Orleans.Storage;

namespace Gateway.Runtime.Tests.Activations;

public sealed class ActivationTests
{
    [Fact]
    public async Task a_failing_activation_fails_the_call_and_the_next_call_gets_a_new_one()
    {
        await using var test = await TestCluster.StartAsync();
        var attempts = 0;
        test.Scripts.OnActivate = (_, _) => ++attempts == 1 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        test.Scripts.Set("answer", _ => "answered");
        var grain = test.Scripted();

        await grain.Awaiting(one => one.Run("answer")).Should().ThrowExactlyAsync<InvalidOperationException>().WithMessage("not yet");

        (await grain.Run("answer").Within()).Should().Be("answered");
        attempts.Should().Be(2);
    }

    [Fact]
    public async Task calls_wait_until_the_activation_is_ready()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.OnActivate = (_, _) => gate.Pass();
        test.Scripts.Set("answer", _ => "answered");
        var calls = new[] { test.Scripted().Run("answer"), test.Scripted().RunInterleaved("answer") };
        await gate.WaitForArrivals();

        calls.Should().OnlyContain(call => !call.IsCompleted);
        gate.Open();

        (await Task.WhenAll(calls).Within()).Should().OnlyContain(answer => answer == "answered");
        gate.Arrived.Should().Be(1);
    }

    [Fact]
    public async Task an_activation_that_takes_too_long_fails()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.OnActivate = (_, _) => gate.Pass();
        var call = test.Scripted().Run("answer");
        await gate.WaitForArrivals();

        test.Clock.Advance(TimeSpan.FromSeconds(30));

        await call.Awaiting(task => task.Within()).Should().ThrowAsync<TimeoutException>();
        await Eventually.Holds(() => !test.IsActive(test.Scripted()), "the activation is gone");
        gate.Open();
    }

    [Fact]
    public async Task deactivate_on_idle_ends_the_activation_after_the_call()
    {
        await using var test = await TestCluster.StartAsync();
        var reasons = new List<DeactivationReason>();
        test.Scripts.OnDeactivate = (_, reason, _) =>
        {
            reasons.Add(reason);
            return Task.CompletedTask;
        };
        test.Scripts.Set("end", self =>
        {
            self.End();
            return self.Instance.ToString();
        });
        test.Scripts.Set("who", self => self.Instance.ToString());
        var grain = test.Scripted();

        var ended = await grain.Run("end").Within();

        (await grain.Run("who").Within()).Should().NotBe(ended);
        reasons.Should().ContainSingle().Which.ReasonCode.Should().Be(DeactivationReasonCode.ApplicationRequested);
    }

    [Fact]
    public async Task calls_that_wait_at_an_ending_activation_run_once_on_the_next()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        var ran = 0;
        test.Scripts.Set("end", async (self, _) =>
        {
            self.End();
            await gate.Pass();
            return self.Instance.ToString();
        });
        test.Scripts.Set("count", self =>
        {
            Interlocked.Increment(ref ran);
            return self.Instance.ToString();
        });
        var grain = test.Scripted();
        var ending = grain.Run("end");
        await gate.WaitForArrivals();
        var waiting = Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? grain.Run("count") : grain.RunInterleaved("count")).ToList();

        gate.Open();

        var instances = await Task.WhenAll(waiting).Within();
        instances.Distinct().Should().ContainSingle().Which.Should().NotBe(await ending);
        ran.Should().Be(20);
    }

    [Fact]
    public async Task a_grain_that_always_ends_before_it_runs_a_call_rejects_it_in_the_end()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.OnActivate = (self, _) =>
        {
            self.End();
            return Task.CompletedTask;
        };

        var call = () => test.Scripted().Run("never").Within();

        await call.Should().ThrowAsync<OrleansMessageRejectionException>().WithMessage("*forwarded 2 times*");
    }

    [Fact]
    public async Task a_state_conflict_that_escapes_ends_the_activation_but_not_that_of_the_calling_grain()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("conflict", (_, _) => throw new InconsistentStateException("someone else wrote"));
        test.Scripts.Set("who", self => self.Instance.ToString());
        test.Scripts.Set("call", (self, _) => self.Factory.GetGrain<IScriptedGrain>("inner").Run("conflict"));
        var (outer, inner) = (test.Scripted("outer"), test.Scripted("inner"));
        var (outerBefore, innerBefore) = (await outer.Run("who"), await inner.Run("who"));

        await outer.Awaiting(grain => grain.Run("call")).Should().ThrowAsync<InconsistentStateException>();

        (await outer.Run("who").Within()).Should().Be(outerBefore);
        (await inner.Run("who").Within()).Should().NotBe(innerBefore);
    }

    [Fact]
    public async Task a_failing_deactivation_is_logged_and_the_next_call_is_served()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.OnDeactivate = (_, _, _) => throw new InvalidOperationException("no goodbye");
        test.Scripts.Set("answer", _ => "answered");
        var grain = test.Scripted();
        await grain.Run("answer");

        await test.Cluster.DeactivateAsync(grain).Within();

        (await grain.Run("answer").Within()).Should().Be("answered");
        test.Logs.Lines.Should().Contain(line => line.Contains("scripted/one failed in its deactivation no goodbye"));
    }

    [Fact]
    public async Task a_call_that_never_ends_does_not_keep_an_ending_activation_alive()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("answer", _ => "answered");
        var grain = test.Scripted();
        var stuck = grain.Run("hold");
        await gate.WaitForArrivals();
        var ending = test.Cluster.DeactivateAsync(grain);
        var waiting = grain.Run("answer");

        test.Clock.Advance(TimeSpan.FromSeconds(30));

        await ending.Within();
        await stuck.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
        (await grain.Run("answer").Within()).Should().Be("answered");
        gate.Open();
    }

    [Fact]
    public void a_grain_constructed_by_hand_has_no_activation()
    {
        var grain = new CounterGrain();

        grain.GrainContext.Should().BeNull();
        grain.Invoking(one => one.DeactivateOnIdle()).Should().Throw<InvalidOperationException>().WithMessage("*not constructed by the silo*");
    }
}
