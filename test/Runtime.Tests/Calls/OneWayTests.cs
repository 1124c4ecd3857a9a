using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Calls;

public sealed class OneWayTests
{
    [Fact]
    public async Task the_caller_does_not_wait()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass());

        var call = test.Scripted().RunOneWay("hold");

        call.IsCompletedSuccessfully.Should().BeTrue();
        await gate.WaitForArrivals();
        gate.Open();
    }

    [Fact]
    public async Task a_failure_is_logged_and_not_thrown()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("fail", (_, _) => throw new InvalidOperationException("nobody is listening"));

        await test.Scripted().RunOneWay("fail");

        await Eventually.Holds(() => test.Logs.Lines.Any(line => line.Contains("One-way call scripted/one IScriptedGrain.RunOneWay failed nobody is listening")), "the failure is logged");
    }
}
