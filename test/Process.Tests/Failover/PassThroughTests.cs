using Gateway.Process.Rigs;

namespace Gateway.Process.Failover;

public sealed class PassThroughTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(400, false), InlineData(404, false), InlineData(422, false)]
    [InlineData(400, true), InlineData(404, true), InlineData(422, true)]
    public async Task The_callers_own_mistake_is_passed_on_after_one_attempt(int status, bool stream)
    {
        var body = OpenAiBodies.Error("temperature must be at most 2", "invalid_request_error", "bad_temperature");
        await using var strict = ScriptedUpstream.Start(Replies.Json(status, body, ("x-request-id", "upstream-id")));
        await using var other = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(strict.Url, other.Url);

        using var response = await shared.Gateway.ChatAsync(model, stream);

        ((int)response.StatusCode).Should().Be(status);
        (await response.Content.ReadAsStringAsync()).Should().Be(body);
        response.Header("x-gateway-attempts").Should().Be("1");
        response.Header("x-upstream-request-id").Should().Be("upstream-id");
        other.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Both_refusing_our_key_is_502_and_not_the_callers_401()
    {
        await using var first = ScriptedUpstream.Start(Replies.Status(401));
        await using var second = ScriptedUpstream.Start(Replies.Status(403));
        var model = await shared.PublishInOrderAsync(first.Url, second.Url);

        using var response = await shared.Gateway.ChatAsync(model);

        var error = await response.ErrorAsync(HttpStatusCode.BadGateway);
        error.Code().Should().Be("upstream_auth");
        response.Header("x-should-retry").Should().Be("false");
        int.Parse(response.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
        response.Headers.WwwAuthenticate.Should().BeEmpty();
    }

    [Fact]
    public async Task When_all_fail_the_last_upstream_status_is_told_with_a_wait_and_no_further_retry()
    {
        await using var first = ScriptedUpstream.Start(Replies.Status(500));
        await using var second = ScriptedUpstream.Start(Replies.Status(503));
        var model = await shared.PublishInOrderAsync(first.Url, second.Url);

        using var response = await shared.Gateway.ChatAsync(model);

        await response.ErrorAsync(HttpStatusCode.ServiceUnavailable);
        response.Header("x-should-retry").Should().Be("false");
        int.Parse(response.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
        response.Header("x-gateway-attempts").Should().Be("2");
    }

    [Fact]
    public async Task All_cooling_is_429_with_the_true_wait()
    {
        await using var busy = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "30")));
        var model = await shared.PublishInOrderAsync(busy.Url);
        (await shared.Gateway.ChatAsync(model)).Dispose();

        using var response = await shared.Gateway.ChatAsync(model);

        await response.ErrorAsync(HttpStatusCode.TooManyRequests);
        int.Parse(response.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).Should().BeInRange(20, 30);
        busy.Requests.Should().ContainSingle("a cooling endpoint is left alone");
    }

    [Fact]
    public async Task A_unary_request_that_was_fully_sent_is_not_repeated_for_silence()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var other = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(
            shared.Entry(silent, model).With("priority", 0).With("timeouts", new JsonObject { ["first_byte"] = 1, ["total"] = 3 }),
            shared.Entry(other, model).With("priority", 1));

        using var response = await shared.Gateway.ChatAsync(model);

        await response.ErrorAsync(HttpStatusCode.GatewayTimeout);
        silent.Requests.Should().ContainSingle();
        other.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_providers_empty_account_is_never_passed_on()
    {
        await using var poor = ScriptedUpstream.Start(Replies.Json(429, OpenAiBodies.Error("You exceeded your current quota", "insufficient_quota", "insufficient_quota")));
        var model = await shared.PublishInOrderAsync(poor.Url);

        using var response = await shared.Gateway.ChatAsync(model);

        (await response.ErrorAsync(HttpStatusCode.ServiceUnavailable)).Code().Should().Be("upstream_quota");
        response.Header("Retry-After").Should().Be("60");
        response.Header("x-should-retry").Should().Be("false");
    }
}
