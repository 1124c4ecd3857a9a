using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Readers;

namespace Gateway.Silo.Tests.Settings;

public sealed class RedisLocationTests
{
    [Theory]
    [InlineData("redis://redis", "redis:6379", null, false, 0)]
    [InlineData("redis://redis:7000", "redis:7000", null, false, 0)]
    [InlineData("redis://redis:7000/3", "redis:7000", null, false, 3)]
    [InlineData("rediss://:p%40ss%2Fword@redis.example/1", "redis.example:6379", "p@ss/word", true, 1)]
    [InlineData("redis://default:secret@10.0.0.1", "10.0.0.1:6379", "secret", false, 0)]
    [InlineData("redis://[::1]:6380", "[::1]:6380", null, false, 0)]
    [InlineData("redis:7000", "redis:7000", null, false, 0)]
    [InlineData("redis", "redis:6379", null, false, 0)]
    [InlineData("a:1,b:2,password=p=w,ssl=True,defaultDatabase=2,abortConnect=false", "a:1,b:2", "p=w", true, 2)]
    public void Both_forms_are_understood(string text, string endpoints, string? password, bool tls, int database)
    {
        RedisLocations.TryParse(text, out var location, out var error).Should().BeTrue(error);

        string.Join(',', location!.Endpoints).Should().Be(endpoints);
        location.Should().BeEquivalentTo(new { Password = password, Tls = tls, Database = database });
    }

    [Theory]
    [InlineData("redis://")]
    [InlineData("http://canary:canary@redis")]
    [InlineData("redis://canary@redis")]
    [InlineData("redis://canary:secret@redis")]
    [InlineData("redis://:canary@redis/db")]
    [InlineData("redis://:canary@redis/99999")]
    [InlineData("redis://:canary@redis?x=1")]
    [InlineData("redis:port,password=canary")]
    [InlineData("password=canary")]
    [InlineData("redis,pasword=canary")]
    [InlineData("redis,ssl=canary")]
    [InlineData("redis,proxy=canary")]
    [InlineData("canary:x@redis")]
    public void Anything_else_is_refused_without_quoting_it(string text)
    {
        RedisLocations.TryParse(text, out var location, out var error).Should().BeFalse();

        location.Should().BeNull();
        error.Should().NotBeNullOrEmpty().And.NotContain("canary");
    }

    [Fact]
    public void Options_of_the_client_are_passed_on() =>
        Parse("redis,connectTimeout=2000,syncTimeout=500").Options.Should().Equal("connectTimeout=2000", "syncTimeout=500");

    [Fact]
    public void Its_printed_form_shows_no_password() => Parse("rediss://:canary@redis/2").ToString().Should().Be("rediss://redis:6379/2");

    private static RedisLocation Parse(string text)
    {
        RedisLocations.TryParse(text, out var location, out var error).Should().BeTrue(error);
        return location!;
    }
}
