using Gateway.Runtime.Tests.Grains;
using Orleans.Runtime.Activations;

namespace Gateway.Runtime.Tests.Activations;

public sealed class ActivationSchedulerTests
{
    private static readonly AsyncLocal<string> CallersLocal = new();

    [Fact]
    public async Task grain_code_comes_back_to_its_activation_after_an_await()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("where", async (self, _) =>
        {
            await Task.Run(() => Activation.Current.Should().BeNull("a pool task is outside of the grain"), CancellationToken.None);
            return ReferenceEquals(Activation.Current, self.GrainContext).ToString();
        });

        (await test.Scripted().Run("where").Within()).Should().Be("True");
    }

    [Fact]
    public async Task async_locals_of_the_caller_do_not_reach_the_grain()
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("look", _ => CallersLocal.Value ?? "nothing");
        CallersLocal.Value = "secret";

        (await test.Scripted().Run("look").Within()).Should().Be("nothing");
    }

    [Fact]
    public async Task a_busy_activation_does_not_keep_others_from_running()
    {
        await using var test = await TestCluster.StartAsync();
        var stop = false;
        test.Scripts.Set("spin", async (_, _) =>
        {
            while (!Volatile.Read(ref stop))
            {
                await Task.Yield();
            }

            return "";
        });
        test.Scripts.Set("answer", _ => "answered");
        var spinning = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(i => test.Scripted($"busy {i}").Run("spin")).ToList();

        (await test.Scripted().Run("answer").Within()).Should().Be("answered");

        Volatile.Write(ref stop, true);
        await Task.WhenAll(spinning).Within();
    }
}
