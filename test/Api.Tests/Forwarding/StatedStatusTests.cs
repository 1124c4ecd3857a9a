using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Errors in a 200 that state the status which they should have come with.</summary>
public sealed class StatedStatusTests
{
    public enum Form
    {
        Unary,
        Document,
        FirstEvent,
    }

    [Theory]
    [InlineData(Form.Unary, 400)]
    [InlineData(Form.Unary, 404)]
    [InlineData(Form.Document, 422)]
    [InlineData(Form.FirstEvent, 400)]
    public async Task What_is_the_callers_own_is_passed_on_with_that_status(Form form, int status)
    {
        await using var upstream = ScriptedUpstream.Start(Reply(form, status));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            using var response = await gateway.ChatAsync(form is not Form.Unary);

            ((int)response.StatusCode).Should().Be(status);
            (await response.ErrorAsync()).GetProperty("message").GetString().Should().Be("theirs");
            response.Attempts().Should().Be("1");
        }

        other.Requests.Should().BeEmpty();
        First(gateway).Outcomes.Take()!.Runs.Should().OnlyContain(run => run.Rejected);
        First(gateway).InFlight.Should().Be(0);
    }

    [Theory]
    [InlineData(Form.Unary, 429, UpstreamFailure.RateLimited)]
    [InlineData(Form.Document, 429, UpstreamFailure.RateLimited)]
    [InlineData(Form.FirstEvent, 429, UpstreamFailure.RateLimited)]
    [InlineData(Form.Unary, 502, UpstreamFailure.ServerError)]
    [InlineData(Form.FirstEvent, 500, UpstreamFailure.ServerError)]
    [InlineData(Form.Unary, 401, UpstreamFailure.KeyRefused)]
    [InlineData(Form.FirstEvent, 402, UpstreamFailure.QuotaExhausted)]
    [InlineData(Form.Unary, 0, UpstreamFailure.ErrorInSuccess)]
    [InlineData(Form.FirstEvent, 0, UpstreamFailure.ErrorInSuccess)]
    public async Task What_is_not_goes_elsewhere_and_counts_as_what_it_is(Form form, int status, UpstreamFailure failure)
    {
        await using var upstream = ScriptedUpstream.Start(Reply(form, status));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(form is not Form.Unary);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.TextAsync()).Should().Contain(form is Form.Unary ? "Hello!" : "[DONE]").And.NotContain("theirs");
        response.Attempts().Should().Be("2");
        First(gateway).Outcomes.Take()!.Runs.Single().Failure.Should().Be(failure);
    }

    [Theory]
    [InlineData(Form.Unary, 500, UpstreamFailure.ServerError)]
    [InlineData(Form.FirstEvent, 503, UpstreamFailure.Unavailable)]
    [InlineData(Form.Document, 0, UpstreamFailure.ErrorInSuccess)]
    public async Task An_object_that_calls_itself_an_error_goes_elsewhere_too(Form form, int status, UpstreamFailure failure)
    {
        await using var upstream = ScriptedUpstream.Start(form is Form.FirstEvent
            ? StreamReplies.Events($"data: {FlatError(status)}\n\n", OpenAiBodies.Done)
            : Replies.Json(200, FlatError(status)));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(form is not Form.Unary);

        (await response.TextAsync()).Should().NotContain("theirs");
        response.Attempts().Should().Be("2");
        First(gateway).Outcomes.Take()!.Runs.Single().Failure.Should().Be(failure);
    }

    [Fact]
    public async Task An_object_that_calls_itself_an_error_is_the_callers_own_with_such_a_status()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, FlatError(400)));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.TextAsync()).Should().Contain("theirs");
    }

    [Fact]
    public async Task An_object_that_calls_itself_an_error_cuts_the_stream()
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Events(OpenAiBodies.Delta("Hel"), $"data: {FlatError(500)}\n\n", OpenAiBodies.Done));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream));

        using var response = await gateway.ChatAsync(stream: true);
        await FluentActions.Awaiting(response.TextAsync).Should().ThrowAsync<HttpRequestException>("the stream is cut");

        await Gateway.Testing.Eventually.TrueAsync(() => First(gateway).InFlight == 0, "the attempt ends");
        First(gateway).Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.ServerError);
    }

    [Fact]
    public async Task A_429_cools_for_as_long_as_the_answer_says()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, Error(429), ("Retry-After", "9")));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        response.Header("Retry-After").Should().Be("9");
        First(gateway).Health.TrippedUntil.Should().BeNull();
    }

    [Theory]
    [InlineData(400, UpstreamFailure.None, true)]
    [InlineData(429, UpstreamFailure.RateLimited, false)]
    [InlineData(500, UpstreamFailure.ServerError, false)]
    [InlineData(403, UpstreamFailure.Cut, false)]
    [InlineData(0, UpstreamFailure.Cut, false)]
    public async Task In_the_middle_of_a_stream_it_decides_for_the_health_of_the_entry_only(int status, UpstreamFailure failure, bool rejected)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Events(OpenAiBodies.Delta("Hel"), $"data: {Error(status)}\n\n", OpenAiBodies.Done));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream));

        using var response = await gateway.ChatAsync(stream: true);
        await FluentActions.Awaiting(response.TextAsync).Should().ThrowAsync<HttpRequestException>("the stream is cut");

        await Gateway.Testing.Eventually.TrueAsync(() => First(gateway).InFlight == 0, "the attempt ends");
        var run = First(gateway).Outcomes.Take()!.Runs.Single();
        run.Failure.Should().Be(failure);
        run.Rejected.Should().Be(rejected);
    }

    [Fact]
    public async Task A_stream_that_is_refused_for_what_the_gateway_added_is_asked_for_again_without()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Sequence(
            StreamReplies.Events("data: {\"error\":{\"message\":\"unknown field stream_options\",\"code\":400}}\n\n"),
            Replies.OpenAi()));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream));

        using var response = await gateway.ChatAsync(stream: true);

        (await response.TextAsync()).Should().Contain("[DONE]");
        upstream.Requests.Should().HaveCount(2);
    }

    private static EndpointState First(TestGateway gateway) => gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == "a");

    private static UpstreamReply Reply(Form form, int status) =>
        form is Form.FirstEvent ? StreamReplies.Events($"data: {Error(status)}\n\n") : Replies.Json(200, Error(status));

    /// <param name="status">0: states none.</param>
    private static string Error(int status) =>
        $$$"""{"error":{"message":"theirs","type":"some_error","code":{{{(status == 0 ? "null" : status)}}}}}""";

    /// <inheritdoc cref="Error"/>
    private static string FlatError(int status) =>
        $$"""{"object":"error","message":"theirs","type":"internal","param":null,"code":{{(status == 0 ? "null" : status)}}}""";
}
