using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Calls;

public sealed class GrainCallTests
{
    [Fact]
    public async Task a_call_reaches_the_grain_of_its_key()
    {
        await using var test = await TestCluster.StartAsync();
        var one = test.Grains.GetGrain<ICounterGrain>("one");
        var two = test.Grains.GetGrain<ICounterGrain>("two");

        await one.Add(3);
        await one.Add(4);
        await two.Add(5);

        (await one.Get()).Should().Be(7);
        (await two.Get()).Should().Be(5);
    }

    [Fact]
    public async Task a_method_that_returns_a_value_task_without_a_result_can_be_awaited()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");
        await counter.Add(3);

        await counter.Reset();

        (await counter.Get()).Should().Be(0);
    }

    [Fact]
    public async Task an_exception_of_the_grain_reaches_the_caller_as_it_was_thrown()
    {
        await using var test = await TestCluster.StartAsync();

        var call = () => test.Grains.GetGrain<ICounterGrain>("one").Fail("the reason");

        await call.Should().ThrowExactlyAsync<InvalidOperationException>().WithMessage("the reason");
    }
}
