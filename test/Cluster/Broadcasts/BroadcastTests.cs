using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Broadcasts;

public sealed class BroadcastTests(SharedCluster shared) : ClusterTest(shared)
{
    private FrontEndPart[] Nodes => [.. Shared.FrontEnds];

    [Fact]
    public async Task A_manifest_edit_reaches_every_node()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = Shared.NewName("model");
        var (_, key) = await Shared.A.CreateKeyAsync("reader");
        var id = Shared.Add(upstream.Url, model);
        await UntilAllAsync(model, key, HttpStatusCode.OK);

        Shared.Change(id, entry => entry["status"] = "Offline");

        await UntilAllAsync(model, key, HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task An_override_set_on_one_node_holds_on_every_node()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = Shared.NewName("model");
        var (_, key) = await Shared.A.CreateKeyAsync("reader");
        var id = Shared.Add(upstream.Url, model);
        await UntilAllAsync(model, key, HttpStatusCode.OK);

        await Shared.A.AdminJsonAsync(HttpMethod.Put, $"/admin/endpoints/{id}/override", new JsonObject { ["mode"] = "drain", ["reason"] = "test" });
        await UntilAllAsync(model, key, HttpStatusCode.ServiceUnavailable);

        (await Shared.B.AdminAsync(HttpMethod.Delete, $"/admin/endpoints/{id}/override")).Dispose();
        await UntilAllAsync(model, key, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_circuit_opened_by_the_failures_of_one_node_is_open_on_the_other()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var good = ScriptedUpstream.Start();
        var model = Shared.NewName("model");
        var (_, key) = await Shared.A.CreateKeyAsync("caller");
        var badId = Shared.Add(bad.Url, model);
        Shared.Add(good.Url, model, priority: 1);
        await UntilAllAsync(model, key, HttpStatusCode.OK);

        await Eventually.TrueAsync(
            async () =>
            {
                (await Shared.A.ChatStatusAsync(model, key)).Should().Be(HttpStatusCode.OK);
                return await CircuitAsync(Shared.A, badId) == "open";
            },
            "five failures open it");
        await Eventually.TrueAsync(async () => await AttemptsAsync(Shared.B, model, key) == 1, "the other node keeps clear of it", Promises.Broadcast);
        bad.ClearRequests();

        for (var i = 0; i < 10; i++)
        {
            await AttemptsAsync(Shared.B, model, key);
        }

        bad.Requests.Count.Should().BeLessThanOrEqualTo(1, "one request in the cluster may try it");
    }

    private static async Task<int> AttemptsAsync(FrontEndPart node, string model, string key)
    {
        using var answer = await node.ChatAsync(model, key);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return int.Parse(answer.Header("x-gateway-attempts")!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> CircuitAsync(FrontEndPart node, string id) =>
        (await node.AdminJsonAsync(HttpMethod.Get, $"/admin/endpoints/{id}"))["circuit"]!.GetValue<string>();

    private async Task UntilAllAsync(string model, string key, HttpStatusCode status)
    {
        foreach (var node in Nodes)
        {
            await Eventually.TrueAsync(async () => await node.ChatStatusAsync(model, key) == status, $"{node.Name} answers {status}", Promises.Broadcast * 2);
        }
    }
}
