using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Calls;

public sealed class InterleavingTests
{
    [Fact]
    public async Task a_call_waits_until_the_one_before_it_is_done()
    {
        await using var test = await TestCluster.StartAsync();
        var (grain, gate) = (test.Scripted(), new Gate());
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var first = grain.Run("hold");
        await gate.WaitForArrivals();

        var second = grain.Run("hold");
        await grain.RunInterleaved("nothing").Awaiting(task => task).Should().ThrowAsync<KeyNotFoundException>();

        gate.Arrived.Should().Be(1);
        gate.Open();
        await Task.WhenAll(first, second).Within();
        gate.Arrived.Should().Be(2);
    }

    [Fact]
    public async Task an_interleaving_call_runs_while_another_awaits()
    {
        await using var test = await TestCluster.StartAsync();
        var (grain, gate) = (test.Scripted(), new Gate());
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("read", _ => "read");
        var first = grain.Run("hold");
        await gate.WaitForArrivals();

        (await grain.RunInterleaved("read").Within()).Should().Be("read");

        first.IsCompleted.Should().BeFalse();
        gate.Open();
        await first.Within();
    }

    [Fact]
    public async Task a_call_runs_while_only_interleaving_ones_await()
    {
        await using var test = await TestCluster.StartAsync();
        var (grain, gate) = (test.Scripted(), new Gate());
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("write", _ => "written");
        var poll = grain.RunInterleaved("hold");
        await gate.WaitForArrivals();

        (await grain.Run("write").Within()).Should().Be("written");

        gate.Open();
        await poll.Within();
    }

    [Fact]
    public async Task read_only_calls_run_together()
    {
        await using var test = await TestCluster.StartAsync();
        var (grain, gate) = (test.Scripted(), new Gate());
        test.Scripts.Set("hold", (_, _) => gate.Pass());

        var readers = new[] { grain.RunReadOnly("hold"), grain.RunReadOnly("hold"), grain.RunReadOnly("hold") };

        await gate.WaitForArrivals(3);
        gate.Open();
        await Task.WhenAll(readers).Within();
    }

    [Fact]
    public async Task a_writer_waits_for_all_readers_and_later_readers_wait_for_the_writer()
    {
        await using var test = await TestCluster.StartAsync();
        var (grain, reading, writing) = (test.Scripted(), new Gate(), new Gate());
        test.Scripts.Set("read", (_, _) => reading.Pass());
        test.Scripts.Set("write", (_, _) => writing.Pass());
        var readers = new[] { grain.RunReadOnly("read"), grain.RunReadOnly("read") };
        await reading.WaitForArrivals(2);

        var writer = grain.Run("write");
        var late = grain.RunReadOnly("read");
        (reading.Arrived, writing.Arrived).Should().Be((2, 0));
        reading.Open();
        await Task.WhenAll(readers).Within();

        await writing.WaitForArrivals();
        reading.Arrived.Should().Be(2);
        writing.Open();
        await Task.WhenAll(writer, late).Within();
    }
}
