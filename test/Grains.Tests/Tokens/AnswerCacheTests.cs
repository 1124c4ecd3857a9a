using FsCheck.Fluent;
using Gateway.Abstractions.Tokens;
using Gateway.Grains.Tests.Support;
using Gateway.Grains.Tokens;

namespace Gateway.Grains.Tests.Tokens;

public sealed class AnswerCacheTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void What_was_used_last_stays_when_it_is_full()
    {
        var cache = new AnswerCache(2, _clock);
        Add(cache, "a");
        Add(cache, "b");
        cache.TryGet("a", out _).Should().BeTrue();
        Add(cache, "c");

        cache.TryGet("a", out _).Should().BeTrue();
        cache.TryGet("b", out _).Should().BeFalse();
        cache.Count.Should().Be(2);
    }

    [Fact]
    public void The_time_left_shrinks_and_ends()
    {
        var cache = new AnswerCache(2, _clock);
        Add(cache, "a");
        _clock.Advance(TimeSpan.FromSeconds(4));

        cache.TryGet("a", out var answer).Should().BeTrue();
        answer!.ValidFor.Should().Be(TimeSpan.FromSeconds(6));
        _clock.Advance(TimeSpan.FromSeconds(6));
        cache.TryGet("a", out _).Should().BeFalse();
        cache.Count.Should().Be(0);
    }

    [Fact]
    public void It_never_outgrows_its_capacity_and_never_mixes_two_tokens_up() =>
        Properties.Check(Gen.ListOf(Gen.Choose(0, 20)), numbers =>
        {
            var cache = new AnswerCache(5, _clock);
            foreach (var number in numbers)
            {
                if (cache.TryGet($"{number}", out var found))
                {
                    found.Message.Should().Be($"{number}");
                }

                Add(cache, $"{number}");
                cache.Count.Should().BeLessThanOrEqualTo(5);
            }
        });

    private void Add(AnswerCache cache, string hash) =>
        cache.Add(hash, TokenAnswer.Refused(hash) with { ValidFor = TimeSpan.FromSeconds(10) }, _clock.GetTimestamp());
}
