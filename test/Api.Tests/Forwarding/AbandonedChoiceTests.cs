using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Requests that end between the choice of an entry and the call to it.</summary>
public sealed class AbandonedChoiceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_caller_that_leaves_while_the_account_is_asked_gives_the_probe_back()
    {
        var cluster = new FakeCluster(_time);
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            _time, cluster.Grains, Rig.Entries.At(upstream) with { Limits = new AccountLimits { RequestsPerMinute = 10 } });
        var endpoint = gateway.Routing.Endpoints.Single();
        var account = cluster.Quota("account/account-a");
        account.Always = CallFate.Hangs;
        gateway.Routing.Apply(new ManifestFeed { Version = 2, Verdicts = [cluster.Endpoint("a").Next(CircuitState.Open, _time.GetUtcNow())] });
        var probes = 0;
        cluster.Endpoint("a").OnProbe = () =>
        {
            probes++;
            return Task.FromResult<ProbePermit?>(new ProbePermit { ProbeId = 41, ValidUntil = _time.GetUtcNow().AddSeconds(30) });
        };

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var body = new StringContent(Calls.ChatBody(), System.Text.Encoding.UTF8, "application/json");
        var call = gateway.Client.PostAsync(Calls.ChatPath, body, leaving.Token);
        await Eventually.TrueAsync(() => probes == 1, "the request is the probe");
        await leaving.CancelAsync();
        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.TrueAsync(() => gateway.InFlight.Count == 0, "the request ends");

        endpoint.Outcomes.Take()!.ProbeId.Should().Be(41);
        endpoint.Probes.IsOpen.Should().BeTrue();
        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Requests_that_reach_no_upstream_earn_no_retries()
    {
        await using var limited = ScriptedUpstream.Start();
        await using var bad = ScriptedUpstream.Start(Replies.Status(500), keepRequests: false);
        await using var gateway = await TestGateway.StartAsync(
            _time,
            new FakeCluster(_time).Grains,
            Rig.Entries.At(limited, "limited") with { Experts = ["limited"], Limits = new AccountLimits { RequestsPerMinute = 1 } },
            Rig.Entries.At(bad, "a"),
            Rig.Entries.At(bad, "b"),
            Rig.Entries.At(bad, "c"));
        for (var i = 0; i <= 300; i++)
        {
            using var refused = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(model: "limited"));
        }

        var attempts = 0;
        for (var i = 0; i < 25; i++)
        {
            using var failed = await gateway.ChatAsync();
            attempts += int.Parse(failed.Attempts()!, System.Globalization.CultureInfo.InvariantCulture);
        }

        limited.Requests.Should().ContainSingle();
        attempts.Should().Be(25 + Api.Routing.Retries.RetryBudget.Floor);
    }
}
