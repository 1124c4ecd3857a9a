using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class FinalAnswerTests
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_key_that_is_refused_everywhere_is_the_gateways_fault(int status)
    {
        await using var first = ScriptedUpstream.Start(Replies.Status(status));
        await using var second = ScriptedUpstream.Start(Replies.Status(401));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(first, second));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await response.ErrorCodeAsync()).Should().Be("upstream_auth");
        response.Header("x-should-retry").Should().Be("false");
        response.Attempts().Should().Be("2");
    }

    [Theory]
    [InlineData(402, "{}")]
    [InlineData(429, """{"error":{"code":"insufficient_quota"}}""")]
    public async Task The_providers_quota_is_never_shown_as_the_callers(int status, string body)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(status, body));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var first = await gateway.ChatAsync();
        using var second = await gateway.ChatAsync();

        foreach (var response in new[] { first, second })
        {
            await MustTellOfTheProvidersQuotaAsync(response);
        }

        upstream.Requests.Should().HaveCount(1, "the entry cools");
        second.Attempts().Should().Be("0");
    }

    [Fact]
    public async Task Rate_limits_everywhere_are_passed_on_with_the_true_wait()
    {
        await using var first = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "40")));
        await using var second = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "20")));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(first, second));

        using var spent = await gateway.ChatAsync();
        using var cooling = await gateway.ChatAsync(stream: true);

        spent.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        spent.Header("Retry-After").Should().Be("20");
        spent.Header("x-should-retry").Should().BeNull();
        (await spent.ErrorAsync()).GetProperty("message").GetString().Should().Be("scripted 429");
        cooling.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        (await cooling.ErrorCodeAsync()).Should().Be("rate_limit_exceeded");
        cooling.Header("Retry-After").Should().BeOneOf("20", "19", "18");
        cooling.Attempts().Should().Be("0");
    }

    [Fact]
    public async Task A_pause_that_clients_would_sleep_through_is_told_as_a_quota()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "3000")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        (await response.ErrorCodeAsync()).Should().Be("upstream_quota");
        response.Header("Retry-After").Should().Be("60");
    }

    [Theory]
    [InlineData("""{"error":{"message":"x"}}""")]
    [InlineData("""{"message":"x"}""")]
    public async Task A_pause_longer_than_that_is_told_alike_to_whoever_meets_it_first_and_after(string body)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(503, body, ("Retry-After", "3000")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var first = await gateway.ChatAsync();
        using var second = await gateway.ChatAsync();

        foreach (var response in new[] { first, second })
        {
            await MustTellOfTheProvidersQuotaAsync(response);
        }

        second.Attempts().Should().Be("0");
    }

    [Fact]
    public async Task An_error_event_in_no_known_shape_is_told_in_ours()
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Events("event: error\ndata: {\"message\":\"bad\"}\n\n"));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream: true);

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await response.ErrorCodeAsync()).Should().Be("upstream_error");
    }

    [Theory]
    [InlineData("""{"error":{"message":"theirs"}}""", true)]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"theirs"}}""", true)]
    [InlineData("""{"detail":{"error":1},"error":"theirs"}""", true)]
    [InlineData("""{"\u0065rror":"theirs"}""", true)]
    [InlineData("""{"error":""}""", false)]
    [InlineData("""{"error":null}""", false)]
    [InlineData("""{"error":true,"message":"theirs"}""", false)]
    [InlineData("""{"error":["theirs"]}""", false)]
    [InlineData("""{"detail":{"error":"theirs"}}""", false)]
    [InlineData("""{"message":"theirs","code":500}""", false)]
    [InlineData("""["error",{"error":"theirs"}]""", false)]
    [InlineData("""{"error":"theirs"} {}""", false)]
    [InlineData("{\"error\":\"theirs\"", false)]
    public async Task The_last_upstream_error_is_passed_on_only_in_a_shape_that_clients_read(string body, bool passed)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(500, body));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        if (passed)
        {
            (await response.TextAsync()).Should().Be(body);
        }
        else
        {
            (await response.ErrorCodeAsync()).Should().Be("upstream_error");
        }
    }

    [Fact]
    public async Task The_last_upstream_error_is_passed_on_when_the_attempts_are_spent()
    {
        await using var first = ScriptedUpstream.Start(Replies.Status(401));
        await using var second = ScriptedUpstream.Start(Replies.Json(500, OpenAiBodies.Error("the model broke")));
        await using var third = ScriptedUpstream.Start(Replies.Status(403));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(first, second, third));

        using var response = await gateway.ChatAsync(stream: true);

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.ErrorAsync()).GetProperty("message").GetString().Should().Be("the model broke");
        response.Header("x-should-retry").Should().Be("false");
        response.Header("Retry-After").Should().Be("1");
        response.Attempts().Should().Be("3");
    }

    [Theory]
    [InlineData(529, 503)]
    [InlineData(502, 502)]
    public async Task Pages_of_machines_between_are_replaced(int status, int answered)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Bytes(status, "text/html", "<h1>nginx</h1>"u8.ToArray()));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(answered);
        (await response.ErrorCodeAsync()).Should().Be("upstream_error");
    }

    [Fact]
    public async Task An_error_in_a_200_ends_as_a_bad_gateway()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, OpenAiBodies.Error("overloaded")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await response.ErrorAsync()).GetProperty("message").GetString().Should().Be("overloaded");
    }

    [Fact]
    public async Task Nobody_listening_anywhere()
    {
        var port = FreePort.Next();
        await using var gateway = await TestGateway.StartAsync(Entries.At($"http://127.0.0.1:{port}/v1"));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await response.ErrorCodeAsync()).Should().Be("upstream_error");
        (await response.TextAsync()).Should().NotContain("127.0.0.1").And.NotContain($"{port}");
        response.Header("Retry-After").Should().Be("1");
    }

    [Theory]
    [InlineData(407)]
    [InlineData(421)]
    [InlineData(302)]
    public async Task What_a_machine_between_says_of_the_gateways_connection_is_not_told_to_the_caller(int status)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(status, OpenAiBodies.Error("ask proxy.internal")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await response.ErrorCodeAsync()).Should().Be("upstream_error");
        (await response.TextAsync()).Should().NotContain("proxy.internal");
        response.Header("x-should-retry").Should().Be("false");
        response.Header("Retry-After").Should().Be("1");
        gateway.Routing.Endpoints.Single().Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.ProtocolError);
        gateway.Log.Lines.Should().ContainSingle(line => line.Contains("ProtocolError", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_upstream_that_takes_no_early_request_is_unavailable()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(425));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await response.ErrorAsync()).GetProperty("message").GetString().Should().Be("scripted 425");
        response.Header("x-should-retry").Should().Be("false");
        gateway.Routing.Endpoints.Single().Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.Unavailable);
        gateway.Log.Lines.Should().ContainSingle(line => line.Contains("Unavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(600)]
    [InlineData(999)]
    public async Task A_number_that_is_no_status_does_not_reach_the_caller(int status)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(status));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
    }

    private static async Task MustTellOfTheProvidersQuotaAsync(HttpResponseMessage response)
    {
        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await response.ErrorCodeAsync()).Should().Be("upstream_quota");
        response.Header("Retry-After").Should().Be("60");
        response.Header("x-should-retry").Should().Be("false");
    }
}
