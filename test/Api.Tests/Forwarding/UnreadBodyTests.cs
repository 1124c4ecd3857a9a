using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Upstreams that close a connection while the body is still on its way.</summary>
public sealed class UnreadBodyTests
{
    private const int Large = 10 * 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rejection_that_comes_before_the_body_was_read_is_passed_on(bool stream)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a reset takes with it what was received before.");
        await using var upstream = new UnreadBodyUpstream(UnreadBodyUpstream.Answer(413, OpenAiBodies.Error("too large", code: "theirs")));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream.Url), Entries.At(other, "b", priority: 1));

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            using var response = await gateway.PostAsync(Calls.ChatPath, Body(Large, stream));

            ((int)response.StatusCode).Should().Be(413);
            (await response.ErrorCodeAsync()).Should().Be("theirs");
            response.Attempts().Should().Be("1");
        }

        other.Requests.Should().BeEmpty();
        First(gateway).Health.IsClear.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task So_is_one_where_something_was_changed_behind_the_bulk_of_the_body(bool stream)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a reset takes with it what was received before.");
        await using var upstream = new UnreadBodyUpstream(UnreadBodyUpstream.Answer(413, OpenAiBodies.Error("too large", code: "theirs")));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Renamed(Entries.At(upstream.Url)), Entries.At(other, "b", priority: 1));

        using var response = await gateway.PostAsync(Calls.ChatPath, ModelLast(Large, stream));

        ((int)response.StatusCode).Should().Be(413);
        (await response.ErrorCodeAsync()).Should().Be("theirs");
        other.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_that_comes_before_a_changed_body_was_read_leaves_it_whole_for_the_next_entry(bool stream)
    {
        await using var upstream = new UnreadBodyUpstream(UnreadBodyUpstream.Answer(500, OpenAiBodies.Error("not now")));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Renamed(Entries.At(upstream.Url)), Renamed(Entries.At(other, "b", priority: 1)));

        using var response = await gateway.PostAsync(Calls.ChatPath, ModelLast(Large, stream));

        (await response.TextAsync()).Should().Contain(stream ? "[DONE]" : "Hello!");
        other.Requests.Single().BodyText.Replace("\"stream_options\":{\"include_usage\":true},", "", StringComparison.Ordinal)
            .Should().Be(ModelLast(Large, stream).Replace("\"m\"", "\"theirs\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_success_that_comes_before_the_body_was_read_is_none(bool stream, bool modelLast)
    {
        await using var upstream = new UnreadBodyUpstream(UnreadBodyUpstream.Answer(200, OpenAiBodies.Chat("m", "of half a question")));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Renamed(Entries.At(upstream.Url)), Entries.At(other, "b", priority: 1));

        using var response = await gateway.PostAsync(Calls.ChatPath, modelLast ? ModelLast(Large, stream) : Body(Large, stream));

        (await response.TextAsync()).Should().Contain(stream ? "[DONE]" : "Hello!");
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task Large_bodies_of_one_caller_that_meet_a_reset_do_not_open_the_circuit()
    {
        await using var upstream = new UnreadBodyUpstream("");
        await using var other = ScriptedUpstream.Start(keepRequests: false);
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream.Url), Entries.At(other, "b", priority: 1));

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            using var response = await gateway.PostAsync(Calls.ChatPath, Body(Large));

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            response.Attempts().Should().Be("2");
        }

        First(gateway).Health.IsClear.Should().BeTrue();
        First(gateway).InFlight.Should().Be(0);
        gateway.Log.Lines.Should().Contain(line => line.Contains("ResetBeforeAnswer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Small_bodies_that_meet_a_reset_open_the_circuit()
    {
        await using var upstream = new UnreadBodyUpstream("");
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream.Url), Entries.At(other, "b", priority: 1));

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            using var response = await gateway.PostAsync(Calls.ChatPath, Body(100));
        }

        upstream.Requests.Should().Be(HealthPolicy.ConsecutiveFailures);
        First(gateway).Health.TrippedUntil.Should().NotBeNull();
    }

    private static Api.Routing.EndpointState First(TestGateway gateway) => gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == "a");

    private static ManifestEntry Renamed(ManifestEntry entry) => entry with { Aliases = entry.Aliases.Add("m", "theirs") };

    /// <summary>The order in which OpenAI's Python client writes it.</summary>
    private static string ModelLast(int size, bool stream) =>
        $$"""{"messages":[{"role":"user","content":"{{new string('x', size)}}"}],"model":"m","stream":{{(stream ? "true" : "false")}}}""";

    private static string Body(int size, bool stream = false) =>
        $$"""{"model":"m","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{new string('x', size)}}"}]}""";
}
