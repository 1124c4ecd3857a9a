using System.Diagnostics;

namespace Gateway.Cluster.Rigs;

/// <summary>A user of its own with a key, a model that only its test uses, and limits that every front-end knows.</summary>
public sealed class LimitedCaller : IAsyncDisposable
{
    private readonly SharedCluster shared;

    private LimitedCaller(SharedCluster shared, string user, string keyId, string key, string model, ScriptedUpstream upstream) =>
        (this.shared, User, KeyId, Key, Model, Upstream) = (shared, user, keyId, key, model, upstream);

    public string User { get; }

    public string KeyId { get; }

    public string Key { get; }

    public string Model { get; }

    public ScriptedUpstream Upstream { get; }

    public UpstreamMeter Meter { get; } = new();

    public string Subject => "user:" + User;

    /// <param name="entry">Changes the manifest entry of its model.</param>
    public static async Task<LimitedCaller> CreateAsync(SharedCluster shared, JsonObject limits, UpstreamReply? reply = null, Action<JsonObject>? entry = null)
    {
        var user = shared.NewName("limited");
        var (keyId, key) = await shared.A.CreateKeyAsync(new JsonObject { ["name"] = user, ["owner"] = user });
        var upstream = ScriptedUpstream.Start();
        var caller = new LimitedCaller(shared, user, keyId, key, shared.NewName("model"), upstream);
        upstream.Reply = caller.Meter.Over(reply ?? Replies.OpenAi());
        shared.Add(upstream.Url, caller.Model, change: entry);
        await shared.A.AdminJsonAsync(HttpMethod.Put, $"/admin/subjects/{caller.Subject}/limits", limits);
        foreach (var node in shared.FrontEnds)
        {
            await caller.UntilKnownAsync(node);
        }

        return caller;
    }

    /// <summary>Until the front-end knows limits and model.</summary>
    public Task UntilKnownAsync(FrontEndPart node) => Eventually.TrueAsync(
        async () => await DescribeAsync(node) is { } described && described["limits"] is not null && await IsServedAsync(node),
        "every front-end knows limits and model",
        Promises.Broadcast);

    /// <summary>Calls to the three front-ends by turns.</summary>
    public Burst Burst(int connections = 102) => new([.. shared.FrontEnds.Select(node => node.Origin)], Key, connections);

    /// <summary><c>GET /admin/subjects/{it}</c>, as its owner tells it.</summary>
    public Task<JsonNode> DescribeAsync(FrontEndPart? node = null) => (node ?? shared.A).DescribeSubjectAsync(Subject);

    /// <summary>The silo that has the subject's grain; it must have been called before.</summary>
    public async Task<SiloPart> OwnerAsync()
    {
        foreach (var silo in await shared.ActiveSilosAsync())
        {
            var page = await shared.A.AdminJsonAsync(HttpMethod.Get, $"/admin/silos/{Uri.EscapeDataString(silo)}/grains?limit=1000");
            if (page["data"]!.AsArray().Any(grain => Uri.UnescapeDataString(grain!["grain_id"]!.GetValue<string>()).EndsWith("/" + User, StringComparison.Ordinal)))
            {
                return shared.Rig.Silos.Single(part => silo.Contains(part.Address, StringComparison.Ordinal));
            }
        }

        throw new UnreachableException($"No silo has the grain of {Subject}.");
    }

    public ValueTask DisposeAsync() => Upstream.DisposeAsync();

    private async Task<bool> IsServedAsync(FrontEndPart node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models/" + Model);
        request.Headers.Authorization = new("Bearer", Key);
        using var answer = await node.Client.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
