using Gateway.Runtime.Tests.Grains;
using Orleans.Configuration;

namespace Gateway.Runtime.Tests.Calls;

public sealed class ResponseTimeoutTests
{
    [Theory]
    [InlineData(29, false)]
    [InlineData(31, true)]
    public async Task a_caller_waits_thirty_seconds(int seconds, bool timedOut)
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass("done"));
        var call = test.Scripted().Run("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(TimeSpan.FromSeconds(seconds));
        gate.Open();

        await ShouldEnd(call, timedOut);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(6, true)]
    public async Task a_method_can_have_a_timeout_of_its_own(int seconds, bool timedOut)
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass("done"));
        var call = test.Scripted().RunBriefly("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(TimeSpan.FromSeconds(seconds));
        gate.Open();

        await ShouldEnd(call, timedOut);
    }

    [Fact]
    public async Task the_default_is_an_option()
    {
        await using var test = await TestCluster.StartAsync(silo => silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(2)));
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var call = test.Scripted().Run("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(TimeSpan.FromSeconds(3));

        await ShouldEnd(call, timedOut: true);
        gate.Open();
    }

    [Fact]
    public async Task a_queued_call_whose_caller_has_given_up_never_runs()
    {
        await using var test = await TestCluster.StartAsync();
        var grain = test.Scripted();
        var gate = new Gate();
        var ran = false;
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("mark", _ => (ran = true).ToString());
        var first = grain.Run("hold");
        await gate.WaitForArrivals();
        var queued = grain.RunBriefly("mark");

        test.Clock.Advance(TimeSpan.FromSeconds(6));
        await ShouldEnd(queued, timedOut: true);
        gate.Open();
        await first.Within();
        await grain.Run("hold");

        ran.Should().BeFalse();
    }

    [Fact]
    public async Task a_grain_that_calls_itself_runs_into_the_timeout()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("recurse", async (self, _) =>
        {
            var call = self.Factory.GetGrain<IScriptedGrain>(self.GetPrimaryKeyString()).RunBriefly("recurse");
            test.Clock.Advance(TimeSpan.FromSeconds(6));
            await call.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
            return "the inner call timed out";
        });

        (await test.Scripted().Run("recurse").Within()).Should().Be("the inner call timed out");
    }

    private static async Task ShouldEnd(Task<string> call, bool timedOut)
    {
        if (timedOut)
        {
            await call.Awaiting(task => task.Within()).Should().ThrowExactlyAsync<TimeoutException>().WithMessage("scripted/one IScriptedGrain.Run*");
        }
        else
        {
            (await call.Within()).Should().Be("done");
        }
    }
}
