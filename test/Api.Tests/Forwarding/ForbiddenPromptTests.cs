using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Providers answer 403 to a key without rights, and to a prompt that they do not like.</summary>
public sealed class ForbiddenPromptTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("a")]
    [InlineData("with-2keys")]
    public async Task One_403_of_an_account_that_answers_takes_the_model_from_nobody(string account)
    {
        await using var upstream = ScriptedUpstream.Start(exchange =>
            (exchange.Request.BodyText.Contains("flagged", StringComparison.Ordinal) ? Replies.Status(403) : Replies.OpenAi())(exchange));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream) with { EndpointId = account });

        using var before = await gateway.ChatAsync();
        using var flagged = await FlaggedAsync(gateway);
        using var after = await gateway.ChatAsync();

        before.StatusCode.Should().Be(HttpStatusCode.OK);
        flagged.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await flagged.ErrorCodeAsync()).Should().Be("upstream_auth");
        after.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_is_forbidden_everything_is_used_no_more()
    {
        var allowed = true;
        await using var upstream = ScriptedUpstream.Start(exchange => (allowed ? Replies.OpenAi() : Replies.Status(403))(exchange));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream));
        using var accepted = await gateway.ChatAsync();
        allowed = false;

        for (var i = 0; i < 10; i++)
        {
            using var refused = await gateway.ChatAsync();
            refused.StatusCode.Should().Be(HttpStatusCode.BadGateway);
            (await refused.ErrorCodeAsync()).Should().Be("upstream_auth");
        }

        upstream.Requests.Should().HaveCount(1 + HealthPolicy.ConsecutiveFailures);
    }

    [Fact]
    public async Task A_key_that_never_worked_is_used_no_more_after_one_403()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(403));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream));

        using var first = await gateway.ChatAsync();
        using var second = await gateway.ChatAsync();

        second.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        upstream.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_401_is_always_about_the_key()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Sequence(Replies.OpenAi(), Replies.Status(401), Replies.OpenAi()));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream));

        using var accepted = await gateway.ChatAsync();
        using var refused = await gateway.ChatAsync();
        using var next = await gateway.ChatAsync();

        next.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        upstream.Requests.Should().HaveCount(2);
    }

    private static Task<HttpResponseMessage> FlaggedAsync(TestGateway gateway) =>
        gateway.PostAsync(Calls.ChatPath, Calls.ChatBody().Replace("\"hi\"", "\"flagged\"", StringComparison.Ordinal));
}
