using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Tokens;
using Gateway.Storage.Keys;

namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class TokenCacheTests
{
    private static readonly Caller Caller = new() { Id = "a", Username = "a", Name = "a", AuthService = "x" };
    private readonly ManualTime _time = new();
    private readonly TokenCache _cache;

    public TokenCacheTests() => _cache = new TokenCache(_time);

    [Fact]
    public void An_entry_ends_with_its_token()
    {
        _cache.Add(KeyHash.Of("t"), Caller, _time.GetUtcNow().AddSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(9.999));
        _cache.TryGet(KeyHash.Of("t"), out _).Should().BeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _cache.TryGet(KeyHash.Of("t"), out _).Should().BeFalse();
    }

    [Fact]
    public void No_entry_outlives_the_greatest_age()
    {
        _cache.Add(KeyHash.Of("t"), Caller, _time.GetUtcNow().AddDays(365));

        _time.Advance(TokenCache.MaxAge);
        _cache.TryGet(KeyHash.Of("t"), out _).Should().BeFalse();
    }

    [Fact]
    public void The_greatest_age_is_measured_and_does_not_follow_a_clock_that_is_set_back()
    {
        _cache.Add(KeyHash.Of("t"), Caller, _time.GetUtcNow().AddDays(1));

        _time.SetClock(-TimeSpan.FromHours(1));
        _time.Advance(TokenCache.MaxAge - TimeSpan.FromMilliseconds(1));
        _cache.TryGet(KeyHash.Of("t"), out _).Should().BeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _cache.TryGet(KeyHash.Of("t"), out _).Should().BeFalse();
    }

    [Fact]
    public void What_is_used_stays_and_what_is_not_goes_when_the_cache_overflows()
    {
        _cache.Add(KeyHash.Of("used"), Caller, _time.GetUtcNow().AddDays(1));
        _cache.Add(KeyHash.Of("unused"), Caller, _time.GetUtcNow().AddDays(1));

        for (var i = 0; i < 3 * TokenCache.GenerationSize; i++)
        {
            _cache.Add(KeyHash.Of($"{i}"), Caller, _time.GetUtcNow().AddDays(1));
            _cache.TryGet(KeyHash.Of("used"), out _).Should().BeTrue();
        }

        _cache.TryGet(KeyHash.Of("unused"), out _).Should().BeFalse();
        _cache.TryGet(KeyHash.Of("0"), out _).Should().BeFalse();
    }
}
