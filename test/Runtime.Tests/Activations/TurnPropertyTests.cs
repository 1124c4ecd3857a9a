using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Activations;

/// <summary>What must hold whatever the pool's threads do: real threads, random schedules.</summary>
public sealed class TurnPropertyTests
{
    [Fact]
    public async Task turns_of_one_activation_never_run_at_the_same_time_and_every_call_runs_once()
    {
        await using var test = await TestCluster.StartAsync();
        var (inTurn, overlaps, runs) = (0, 0, 0);
        void Turn()
        {
            if (Interlocked.Increment(ref inTurn) != 1)
            {
                Interlocked.Increment(ref overlaps);
            }

            Thread.SpinWait(50);
            Interlocked.Decrement(ref inTurn);
        }

        test.Scripts.Set("busy", async (self, _) =>
        {
            Interlocked.Increment(ref runs);
            for (var turn = 0; turn < 3; turn++)
            {
                Turn();
                await Task.Yield();
            }

            Turn();
            await Task.Run(() => Thread.SpinWait(20), CancellationToken.None);
            Turn();
            return self.Instance.ToString();
        });
        test.Scripts.Set("tick", self => self.RegisterGrainTimer(
            async () =>
            {
                Turn();
                await Task.Yield();
                Turn();
            },
            new() { DueTime = TimeSpan.Zero, Period = TimeSpan.Zero, Interleave = true }).ToString()!);
        var grain = test.Scripted();
        await grain.Run("tick");

        Prop.ForAll(Gen.Choose(0, 2).ArrayOf().Resize(40).ToArbitrary(), kinds =>
        {
            var before = runs;
            var calls = Task.WhenAll(kinds.Select(kind => kind switch
            {
                0 => grain.Run("busy"),
                1 => grain.RunReadOnly("busy"),
                _ => grain.RunInterleaved("busy"),
            }));
#pragma warning disable VSTHRD002 // A property is a synchronous function; it runs on a thread of its own.
            calls.Within().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            return overlaps == 0 && runs == before + kinds.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public async Task an_exclusive_call_sees_no_other_exclusive_call_between_its_turns()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");

        var results = await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => Task.Run(() => counter.Add(1)))).Within();

        results.Order().Should().Equal(Enumerable.Range(1, 2000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task calls_that_race_with_deactivation_run_exactly_once(int seed)
    {
        await using var test = await TestCluster.StartAsync();
        var runs = new ConcurrentDictionary<string, int>();
        var live = new ConcurrentDictionary<string, int>();
        var duplicates = 0;
        test.Scripts.OnActivate = (self, _) =>
        {
            if (live.AddOrUpdate(self.GetPrimaryKeyString(), 1, (_, count) => count + 1) > 1)
            {
                Interlocked.Increment(ref duplicates);
            }

            return Task.CompletedTask;
        };
        test.Scripts.OnDeactivate = async (self, _, _) =>
        {
            await Task.Yield();
            live.AddOrUpdate(self.GetPrimaryKeyString(), 0, (_, count) => count - 1);
        };
        var random = new Random(seed);
        var calls = new List<Task>();
        for (var call = 0; call < 400; call++)
        {
            var (name, ends, key) = ($"call {call}", random.Next(40) == 0, "key" + random.Next(3));
            test.Scripts.Set(name, async (self, _) =>
            {
                runs.AddOrUpdate(name, 1, (_, count) => count + 1);
                if (ends)
                {
                    self.End();
                }

                await Task.Yield();
                return "";
            });
            calls.Add(Task.Run(() => test.Scripted(key).Run(name)));
        }

        await Task.WhenAll(calls.Select(async call =>
        {
            try
            {
                await call;
            }
            catch (OrleansMessageRejectionException)
            {
                // Unlucky three times in a row: rejected, and counted below as not run.
            }
        })).Within();

        runs.Values.Should().OnlyContain(count => count == 1);
        runs.Count.Should().Be(calls.Count(call => call.IsCompletedSuccessfully));
        duplicates.Should().Be(0, "one silo has one activation of a grain");
    }
}
