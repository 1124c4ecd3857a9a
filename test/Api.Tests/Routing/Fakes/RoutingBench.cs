using Gateway.Api.Http;
using Gateway.Api.Cluster;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Routing;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Routing.Health;
using Gateway.Api.Routing.Retries;
using Gateway.Api.Routing.Upstreams;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Access;
using Gateway.Silo.Settings.Models;
using Gateway.Testing;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>A router over a fed snapshot, without hosted services: a test is the feed, the clock and the traffic.</summary>
public sealed class RoutingBench
{
    public RoutingBench(params ManifestEntry[] entries)
    {
        Cluster = new FakeCluster(Time);
        Builder = new SnapshotBuilder(
            new UpstreamTargets(Credentials, Options.Create(new ClusterOptions { Secret = new string('s', 32) })), Outcomes, Time, new Random(1), new AccessRules(Access, new SubjectNames("local")), Options.Create(Models));
        State = new RoutingState(Builder);
        Router = new Router(State, new RetryBudget(Time), Cluster.Grains, new GrainCallCounts(), Options.Create(new NodeOptions { NodeId = "node-1" }), Time);
        if (entries.Length > 0)
        {
            Feed(entries);
        }
    }

    public FakeTimeProvider Time { get; } = new();

    public ModelOptions Models { get; } = new();

    public AccessOptions Access { get; } = new();

    public FakeCredentials Credentials { get; } = new();

    public FakeCluster Cluster { get; }

    public OutcomeQueue Outcomes { get; } = new();

    public SnapshotBuilder Builder { get; }

    public RoutingState State { get; }

    public Router Router { get; }

    public ModelRoute Route(string model = "m") => State.Current!.Find(model)!;

    public EndpointState Endpoint(string id) => State.Current!.Endpoints[id];

    public void Feed(params ManifestEntry[] entries)
    {
        Cluster.Manifest.Publish(entries);
        State.Apply(Cluster.Manifest.Feed);
    }

    public void Feed(params EndpointVerdict[] verdicts)
    {
        Cluster.Manifest.Publish(verdicts);
        State.Apply(Cluster.Manifest.Feed with { Manifest = null });
    }

    public void Feed(params EndpointOverride[] overrides)
    {
        Cluster.Manifest.Publish(overrides);
        State.Apply(Cluster.Manifest.Feed with { Manifest = null });
    }

    /// <summary>An open verdict that is newer than all before it.</summary>
    public EndpointVerdict Open(string id, TimeSpan? wait = null) =>
        Cluster.Endpoint(id).Next(CircuitState.Open, Time.GetUtcNow() + (wait ?? TimeSpan.FromSeconds(10)));

    public UsableRoute Usable(Caller? caller = null, string model = "m") => UsableRoute.Of(Route(model), caller ?? Entries.Anyone, Operation.ChatCompletions);

    public async Task<RouteChoice> ChooseAsync(Caller? caller = null, string model = "m", params RouteCandidate[] tried) =>
        Usable(caller, model) is { Candidates.IsEmpty: false } usable ? await ChooseAsync(usable, caller, tried) : Usable(caller, model).Blocked;

    public async Task<RouteChoice> ChooseAsync(UsableRoute usable, Caller? caller = null, params RouteCandidate[] tried) =>
        await Router.ChooseAsync(usable, caller ?? Entries.Anyone, Operation.ChatCompletions, tried, "request-1", CancellationToken.None);

    /// <summary>One attempt from choice to end.</summary>
    public async Task<string> CallAsync(TimeSpan firstByte, UpstreamFailure failure = UpstreamFailure.None, TimeSpan? retryAfter = null)
    {
        var choice = await ChooseAsync();
        Run(choice, firstByte, failure, retryAfter);
        return choice.Candidate!.Entry.Id;
    }

    public void Run(RouteChoice choice, TimeSpan firstByte, UpstreamFailure failure = UpstreamFailure.None, TimeSpan? retryAfter = null)
    {
        var attempt = choice.Candidate!.Endpoint.Begin(choice.ProbeId, choice.Candidate.Target);
        Time.Advance(firstByte);
        if (failure is UpstreamFailure.None)
        {
            attempt.FirstByte();
        }

        attempt.End(failure, retryAfter);
    }

    /// <summary>Fails attempts at one entry, whatever the router would choose.</summary>
    public void Fail(string id, int times, UpstreamFailure failure = UpstreamFailure.ServerError, TimeSpan? retryAfter = null)
    {
        for (var i = 0; i < times; i++)
        {
            Endpoint(id).Begin(null).End(failure, retryAfter);
        }
    }
}
