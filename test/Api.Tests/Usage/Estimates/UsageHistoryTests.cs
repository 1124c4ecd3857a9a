using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Estimates;

namespace Gateway.Api.Tests.Usage.Estimates;

public sealed class UsageHistoryTests
{
    private static readonly RequestBound Open = new() { InputTokens = 1_000_000, Answers = 1, OutputCap = null, CapIsToBeSpliced = false };

    private readonly UsageHistory _history = new(new Random(1));

    [Fact]
    public void A_caller_without_history_is_guessed_by_the_stated_default() =>
        _history.Guess("user:a", "m", 400, Open).Should().Be(new UsageGuess(100, UsageHistory.DefaultOutputTokens));

    [Fact]
    public void A_guess_never_exceeds_the_bound()
    {
        _history.Guess("user:a", "m", 400, Open with { InputTokens = 7, OutputCap = 9, Answers = 3 }).Should().Be(new UsageGuess(7, 27));
        _history.Guess("user:a", "m", 400, Open with { Answers = 0 }).OutputTokens.Should().Be(0);
    }

    [Fact]
    public void The_guess_approaches_what_the_caller_uses_from_above()
    {
        for (var i = 0; i < 60; i++)
        {
            Learn("user:a", "m", 400, input: 80, output: 200);
        }

        var guess = _history.Guess("user:a", "m", 800, Open);

        guess.InputTokens.Should().BeInRange(160, 161);
        guess.OutputTokens.Should().BeInRange(200, 203);
    }

    [Fact]
    public void Answers_of_changing_length_leave_room_above_their_mean()
    {
        for (var i = 0; i < 200; i++)
        {
            Learn("user:a", "m", 400, 80, i % 2 == 0 ? 100 : 300);
        }

        _history.Guess("user:a", "m", 400, Open).OutputTokens.Should().BeInRange(270, 330);
    }

    [Fact]
    public void Several_answers_are_guessed_as_several()
    {
        Enumerable.Range(0, 50).ToList().ForEach(_ => _history.Learn("user:a", "m", 400, answers: 4, new TokenUsage { Input = 80, Output = 400 }));

        _history.Guess("user:a", "m", 400, Open with { Answers = 2 }).OutputTokens.Should().BeInRange(200, 206);
    }

    [Fact]
    public void Callers_and_models_have_histories_of_their_own()
    {
        Learn("user:a", "m", 400, 80, 5);

        _history.Guess("user:b", "m", 400, Open).OutputTokens.Should().Be(UsageHistory.DefaultOutputTokens);
        _history.Guess("user:a", "n", 400, Open).OutputTokens.Should().Be(UsageHistory.DefaultOutputTokens);
        _history.Guess("user:a", "m", 400, Open).OutputTokens.Should().BeLessThan(10);
    }

    [Fact]
    public void Estimates_teach_nothing()
    {
        _history.Learn("user:a", "m", 400, 1, new TokenUsage { Input = 1, Output = 1, IsEstimated = true });

        _history.Guess("user:a", "m", 400, Open).OutputTokens.Should().Be(UsageHistory.DefaultOutputTokens);
    }

    [Fact]
    public void Of_more_pairs_than_there_is_room_for_the_ones_in_use_are_kept()
    {
        for (var i = 0; i < 20 * UsageHistory.Sets; i++)
        {
            Learn("user:" + i, "m", 400, 80, 5);
            Learn("user:busy", "m", 400, 80, 5);
        }

        _history.Guess("user:busy", "m", 400, Open).OutputTokens.Should().BeLessThan(10);
        Enumerable.Range(0, 20 * UsageHistory.Sets).Count(i => _history.Guess("user:" + i, "m", 400, Open).OutputTokens < 10)
            .Should().BeInRange(1, UsageHistory.Sets * UsageHistory.Ways);
    }

    [Fact]
    public void Guessing_and_learning_allocate_nothing()
    {
        var usage = new TokenUsage { Input = 80, Output = 5 };

        Enumerable.Range(0, 5).Select(_ => Measure()).ToArray().Should().EndWith(0L);

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _history.Learn("user:a", "m", 400, 1, usage);
            _history.Guess("user:a", "m", 400, Open);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private void Learn(string caller, string model, int bytes, long input, long output) =>
        _history.Learn(caller, model, bytes, 1, new TokenUsage { Input = input, Output = output });
}
