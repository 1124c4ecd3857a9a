using System.Globalization;
using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing.Retries;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>The node's retry budget is used by retries that are made, and by nothing else.</summary>
public sealed class RetryTokenTests
{
    private const int Requests = 25;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_request_that_finds_every_entry_tried_uses_one_retry_for_the_one_that_was_made()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500), keepRequests: false);
        await using var gateway = await TestGateway.StartAsync(_time, Rig.Entries.At(bad, "a"), Rig.Entries.At(bad, "b"));

        (await FailAsync(gateway)).Should().Be(Requests + RetryBudget.Floor);
    }

    [Fact]
    public async Task Failures_without_a_way_out_leave_the_retries_to_other_models()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500), keepRequests: false);
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            _time,
            Rig.Entries.At(bad, "a"),
            Rig.Entries.At(good, "offline") with { Status = EntryStatus.Offline },
            Rig.Entries.At(bad, "c") with { Experts = ["healthy"] },
            Rig.Entries.At(good, "d", priority: 1) with { Experts = ["healthy"] });
        await FailAsync(gateway);

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(model: "healthy"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task Failures_whose_way_out_is_a_full_account_leave_the_retries_to_other_models()
    {
        var calls = 0;
        await using var unsure = ScriptedUpstream.Start(exchange => (calls++ % 3 == 0 ? Replies.Status(500) : Replies.OpenAi())(exchange), keepRequests: false);
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            _time,
            new FakeCluster(_time).Grains,
            Rig.Entries.At(unsure, "a"),
            Rig.Entries.At(good, "full", priority: 1) with { Limits = new AccountLimits { RequestsPerMinute = 1 } },
            Rig.Entries.At(bad, "c") with { Experts = ["healthy"] },
            Rig.Entries.At(good, "d", priority: 1) with { Experts = ["healthy"] });
        for (var i = 0; i < 3 * Requests; i++)
        {
            using var served = await gateway.ChatAsync();
        }

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(model: "healthy"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task A_spent_budget_does_not_hide_that_no_other_entry_is_left()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500), keepRequests: false);
        await using var limited = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "7")));
        await using var gateway = await TestGateway.StartAsync(
            _time,
            Rig.Entries.At(bad, "a"),
            Rig.Entries.At(bad, "b"),
            Rig.Entries.At(limited, "c") with { Experts = ["limited"] },
            Rig.Entries.At(limited, "offline") with { Experts = ["limited"], Status = EntryStatus.Offline });
        await FailAsync(gateway);

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(model: "limited"));

        response.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        response.Header("Retry-After").Should().Be("7");
        response.Header("x-should-retry").Should().BeNull("the client may come again by itself");
    }

    [Fact]
    public async Task A_probe_that_the_spent_budget_forbids_is_given_back()
    {
        var cluster = new FakeCluster(_time);
        await using var bad = ScriptedUpstream.Start(Replies.Status(500), keepRequests: false);
        await using var unsure = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            _time,
            cluster.Grains,
            Rig.Entries.At(bad, "a"),
            Rig.Entries.At(bad, "b"),
            Rig.Entries.At(bad, "c") with { Experts = ["other"] },
            Rig.Entries.At(unsure, "d", priority: 1) with { Experts = ["other"] });
        await FailAsync(gateway);
        gateway.Routing.Apply(new ManifestFeed { Version = 2, Verdicts = [cluster.Endpoint("d").Next(CircuitState.Open, _time.GetUtcNow())] });
        cluster.Endpoint("d").OnProbe = () => Task.FromResult<ProbePermit?>(new ProbePermit { ProbeId = 41, ValidUntil = _time.GetUtcNow().AddSeconds(30) });

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(model: "other"));

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        response.Header("x-should-retry").Should().Be("false");
        unsure.Requests.Should().BeEmpty();
        var endpoint = gateway.Routing.Endpoints.Single(state => state.Id.EndsWith('d'));
        endpoint.Outcomes.Take()!.ProbeId.Should().Be(41);
        endpoint.Probes.IsOpen.Should().BeTrue();
    }

    /// <returns>Calls of upstreams.</returns>
    private static async Task<int> FailAsync(TestGateway gateway)
    {
        var attempts = 0;
        for (var i = 0; i < Requests; i++)
        {
            using var response = await gateway.ChatAsync();
            attempts += int.Parse(response.Attempts()!, CultureInfo.InvariantCulture);
        }

        return attempts;
    }
}
