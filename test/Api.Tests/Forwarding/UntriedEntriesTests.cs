using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>What a request is told that could not try an entry, since that one cools or its account is full.</summary>
public sealed class UntriedEntriesTests
{
    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string, UpstreamReply> Pauses() => new()
    {
        { "a longer pause", Replies.Status(429, ("Retry-After", "120")) },
        { "a pause of another kind", Replies.Status(503, ("Retry-After", "50")) },
        { "a quota", Replies.Status(402) },
        { "a refused key", Replies.Status(401) },
    };

    [Theory]
    [MemberData(nameof(Pauses))]
    public async Task The_wait_is_that_of_the_entry_that_is_usable_first(string cause, UpstreamReply pause)
    {
        await using var asked = ScriptedUpstream.Start(Replies.Sequence(Replies.Status(500), pause));
        await using var cooling = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "10")));
        await using var gateway = await StartWithOneCoolingAsync(asked, cooling);

        using var response = await gateway.ChatAsync();
        using var next = await gateway.ChatAsync();

        foreach (var answer in new[] { response, next })
        {
            answer.StatusCode.Should().Be(HttpStatusCode.TooManyRequests, cause);
            (await answer.ErrorCodeAsync()).Should().Be("rate_limit_exceeded", cause);
            answer.Header("Retry-After").Should().Be("4", cause);
            answer.Header("x-should-retry").Should().BeNull(cause);
        }

        response.Attempts().Should().Be("1");
        next.Attempts().Should().Be("0");
    }

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    public async Task Where_the_others_are_out_of_quota_that_is_told(int status)
    {
        await using var asked = ScriptedUpstream.Start(Replies.Sequence(Replies.Status(500), Replies.Status(status)));
        await using var cooling = ScriptedUpstream.Start(Replies.Status(402));
        await using var gateway = await StartWithOneCoolingAsync(asked, cooling);

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await response.ErrorCodeAsync()).Should().Be("upstream_quota");
        response.Header("x-should-retry").Should().Be("false");
    }

    [Fact]
    public async Task A_failure_that_is_no_pause_is_told_as_it_is()
    {
        await using var asked = ScriptedUpstream.Start(Replies.Status(500));
        await using var cooling = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "10")));
        await using var gateway = await StartWithOneCoolingAsync(asked, cooling);

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        response.Header("x-should-retry").Should().Be("false");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_full_account_is_a_pause_like_another(int priorityOfFailing)
    {
        await using var full = ScriptedUpstream.Start();
        await using var pausing = ScriptedUpstream.Start(Replies.Sequence(Replies.Status(429, ("Retry-After", "1")), Replies.Status(429, ("Retry-After", "600"))));
        await using var gateway = await TestGateway.StartAsync(
            _time,
            new FakeCluster(_time).Grains,
            Rig.Entries.At(full, "full", 1) with { Limits = new AccountLimits { RequestsPerMinute = 1 } },
            Rig.Entries.At(pausing, "pausing", priorityOfFailing));
        using var usesUp = await gateway.ChatAsync();
        using var pauses = priorityOfFailing > 0 ? await gateway.ChatAsync() : null;
        _time.Advance(TimeSpan.FromSeconds(2));

        using var response = await gateway.ChatAsync();

        response.Attempts().Should().Be("1");
        response.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        (await response.ErrorCodeAsync()).Should().Be("rate_limit_exceeded");
        int.Parse(response.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).Should().BeInRange(1, 65);
        response.Header("x-should-retry").Should().BeNull();
    }

    [Fact]
    public async Task A_pause_shorter_than_that_of_a_full_account_counts()
    {
        await using var full = ScriptedUpstream.Start();
        await using var cooling = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "4")));
        await using var gateway = await TestGateway.StartAsync(
            _time,
            new FakeCluster(_time).Grains,
            Rig.Entries.At(cooling, "cooling", 0),
            Rig.Entries.At(full, "full", 1) with { Limits = new AccountLimits { RequestsPerMinute = 1 } });
        using var usesUp = await gateway.ChatAsync();

        using var response = await gateway.ChatAsync();

        response.Attempts().Should().Be("0");
        response.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        response.Header("Retry-After").Should().Be("4");
    }

    /// <summary>After this the second one's pause has six seconds behind it.</summary>
    private async Task<TestGateway> StartWithOneCoolingAsync(ScriptedUpstream asked, ScriptedUpstream cooling)
    {
        var gateway = await TestGateway.StartAsync(_time, Rig.Entries.InOrder(asked, cooling));
        using var response = await gateway.ChatAsync();
        response.Attempts().Should().Be("2");
        _time.Advance(TimeSpan.FromSeconds(6));
        return gateway;
    }
}
