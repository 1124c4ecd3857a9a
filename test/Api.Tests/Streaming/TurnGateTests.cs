using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class TurnGateTests
{
    [Fact]
    public async Task Who_waits_enters_when_the_other_leaves()
    {
        var gate = new TurnGate();
        gate.TryEnter().Should().BeTrue();
        var waiting = gate.EnterAsync().AsTask();
        waiting.IsCompleted.Should().BeFalse();

        gate.Leave();

        await waiting;
        gate.TryEnter().Should().BeFalse("the turn passed to the one that waited");
        gate.Leave();
        gate.TryEnter().Should().BeTrue();
    }

    [Fact]
    public async Task Never_are_both_inside()
    {
        var gate = new TurnGate();
        var inside = 0;
        var violations = 0;
        var turns = 0;
        using var over = new CancellationTokenSource();
        var tries = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                if (gate.TryEnter())
                {
                    Occupy();
                    Interlocked.Increment(ref turns);
                    gate.Leave();
                }
            }
        });

        await Task.Run(async () =>
        {
            // On a busy machine the other party may need a while to have its first turn.
            for (var i = 0; i < 20_000 || Volatile.Read(ref turns) == 0; i++)
            {
                await gate.EnterAsync();
                Occupy();
                gate.Leave();
            }
        });

        await over.CancelAsync();
        await tries;
        violations.Should().Be(0);
        turns.Should().BePositive();
        gate.TryEnter().Should().BeTrue();

        void Occupy()
        {
            violations += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
            Thread.SpinWait(5);
            Interlocked.Decrement(ref inside);
        }
    }
}
