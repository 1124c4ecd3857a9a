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

    [Fact]
    public async Task methods_of_a_base_interface_and_default_arguments_work()
    {
        await using var test = await TestCluster.StartAsync();
        var greeter = test.Grains.GetGrain<IPoliteGreeterGrain>("one");

        (await greeter.Greet("Ada")).Should().Be("Hello Ada");
        (await greeter.Farewell()).Should().Be("Goodbye all");
        (await test.Grains.GetGrain<IGreeterGrain>(greeter.GetGrainId()).Greet("Bob")).Should().Be("Hello Bob");
    }

    [Fact]
    public async Task a_method_that_returns_no_task_fails_with_its_name()
    {
        await using var test = await TestCluster.StartAsync();

        var call = () => test.Grains.GetGrain<IPoliteGreeterGrain>("one").Forget();

        await call.Should().ThrowAsync<InvalidOperationException>().WithMessage("IPoliteGreeterGrain.Forget of *GreeterGrain returned null instead of a task.");
    }

    [Fact]
    public async Task grains_call_grains()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("delegate", async (self, _) => (await self.Factory.GetGrain<ICounterGrain>("inner").Add(2)).ToString());

        (await test.Scripted().Run("delegate").Within()).Should().Be("2");
    }

    [Fact]
    public async Task within_a_silo_a_message_is_passed_as_it_is()
    {
        await using var test = await TestCluster.StartAsync();
        var message = new LedgerState { Total = 7 };

        (await test.Inside.GetGrain<IPoliteGreeterGrain>("one").Echo(message)).Should().BeSameAs(message);
        (await test.Grains.GetGrain<IPoliteGreeterGrain>("one").Echo(message)).Should().NotBeSameAs(message).And.Be(message);
    }

    [Fact]
    public async Task a_call_to_a_type_that_no_class_has_says_so()
    {
        await using var test = await TestCluster.StartAsync();

        var call = () => test.Grains.GetGrain<ICounterGrain>(GrainId.Create("nobody", "one")).Add(1);

        await call.Should().ThrowAsync<ArgumentException>().WithMessage("No grain class has the type 'nobody'.");
    }
}
