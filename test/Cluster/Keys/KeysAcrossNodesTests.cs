using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Keys;

public sealed class KeysAcrossNodesTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task A_key_made_on_one_node_works_at_once_on_the_other()
    {
        for (var i = 0; i < 10; i++)
        {
            var (maker, user) = i % 2 == 0 ? (Shared.A, Shared.B) : (Shared.B, Shared.A);
            var (_, key) = await maker.CreateKeyAsync($"crossing-{i}");

            (await user.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_revocation_that_was_confirmed_holds_on_every_node()
    {
        await Shared.UntilAllNodesAreListedAsync();
        for (var i = 0; i < 5; i++)
        {
            var (id, key) = await Shared.A.CreateKeyAsync($"revoked-{i}");
            (await Shared.B.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.OK);

            await RevokeAsync(id);

            (await Shared.A.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.Unauthorized);
            (await Shared.B.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_node_that_hangs_is_named_as_unconfirmed_and_refuses_the_key_when_it_goes_on()
    {
        await Shared.UntilAllNodesAreListedAsync();
        var (id, key) = await Shared.A.CreateKeyAsync("slow-to-hear");
        (await Shared.B.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.OK);
        Shared.B.Pause();
        try
        {
            using var deleted = await Shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}");

            deleted.StatusCode.Should().Be(HttpStatusCode.Accepted);
            (await UnconfirmedAsync(deleted)).Should().Contain(Shared.B.NodeId).And.NotContain(Shared.A.NodeId);
        }
        finally
        {
            Shared.B.Resume();
        }

        await Eventually.TrueAsync(async () => await Shared.B.ModelsStatusAsync(key) == HttpStatusCode.Unauthorized, "the key is refused there too", Promises.Broadcast);
    }

    // 202: whoever lists the nodes has just taken over and does not know yet that it has heard of all, of which a repeat is told; or it names
    // front-ends that other tests have killed, which for all it knows are cut off.
    private Task RevokeAsync(string id) => Eventually.TrueAsync(
        async () =>
        {
            using var deleted = await Shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}");
            deleted.StatusCode.Should().BeOneOf(HttpStatusCode.NoContent, HttpStatusCode.Accepted);
            return deleted.StatusCode == HttpStatusCode.NoContent || !(await UnconfirmedAsync(deleted)).Any(node => node == Shared.A.NodeId || node == Shared.B.NodeId || node == "");
        },
        "every node has confirmed the revocation",
        Promises.Failover);

    /// <summary>Ids of nodes; empty: nobody knows which there are.</summary>
    private static async Task<string[]> UnconfirmedAsync(HttpResponseMessage deleted)
    {
        var answer = JsonNode.Parse(await deleted.Content.ReadAsStringAsync())!;
        return [.. answer["unconfirmed"]!.AsArray().Select(node => node!.GetValue<string>()), .. answer["unavailable"]!.AsArray().Select(_ => "")];
    }

    [Fact]
    public async Task An_unknown_key_is_401_everywhere()
    {
        var (_, key) = await Shared.A.CreateKeyAsync("pattern");
        var other = key[..^8] + "00000000";

        (await Shared.A.ModelsStatusAsync(other)).Should().Be(HttpStatusCode.Unauthorized);
        (await Shared.B.ModelsStatusAsync(other)).Should().Be(HttpStatusCode.Unauthorized);
    }
}
