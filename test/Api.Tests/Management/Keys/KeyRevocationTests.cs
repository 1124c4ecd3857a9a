using Gateway.Api.Tests.Authentication;
using Gateway.Silo.Settings;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class KeyRevocationTests
{
    [Fact]
    public async Task When_every_node_has_confirmed_the_answer_is_204_and_the_key_is_dead()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        host.Manifest.Nodes["this-node"] = 0;
        host.Manifest.Nodes["other"] = long.MaxValue;

        (await client.DeleteAsync(created.Id)).Status.Should().Be(204);

        (await host.AuthenticateAsync(created.Key)).Error!.Message.Should().Contain("revoked");
        (await client.DeleteAsync(created.Id)).Status.Should().Be(204, "repeating it changes nothing");
    }

    [Fact]
    public async Task A_key_that_was_changed_since_it_was_read_is_not_revoked()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        var changed = await client.PatchAsync(created.Id, """{"name":"other"}""");

        (await client.DeleteAsync(created.Id, created.ETag)).Status.Should().Be(412);
        (await client.DeleteAsync(created.Id, "soon")).Status.Should().Be(412);
        (await host.AuthenticateAsync(created.Key)).Caller.Should().NotBeNull();
        (await client.DeleteAsync("unknown", "*")).Status.Should().Be(404);
        (await client.DeleteAsync(created.Id, changed.ETag)).Status.Should().Be(204);

        (await host.AuthenticateAsync(created.Key)).Caller.Should().BeNull();
        (await client.DeleteAsync(created.Id, changed.ETag)).Status.Should().Be(204, "what is asked for is so already");
    }

    [Fact]
    public async Task A_node_that_confirms_within_the_second_is_waited_for()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        host.Manifest.Nodes["other"] = 0;

        var deletion = client.DeleteAsync(created.Id);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Manifest.Announced.Count == 2), TimeSpan.FromSeconds(5));
        host.Manifest.Nodes["other"] = host.Manifest.Announced.Last();

        (await deletion).Status.Should().Be(204);
    }

    [Fact]
    public async Task Nodes_that_have_not_confirmed_are_named_in_a_202()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        host.Manifest.Nodes["other"] = 0;

        var answer = await client.DeleteAsync(created.Id);

        answer.Status.Should().Be(202);
        answer.Json.ToJsonString().Should().Be("""{"unconfirmed":["other"],"unavailable":[]}""");
        (await host.AuthenticateAsync(created.Key)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_node_that_is_cut_off_may_still_accept_the_key_and_is_named_unless_it_knew_before()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        host.Manifest.Silent["cut-off"] = 0;
        host.Manifest.Silent["knows"] = long.MaxValue;

        var answer = await client.DeleteAsync(created.Id);

        answer.Status.Should().Be(202);
        answer.Json.ToJsonString().Should().Be("""{"unconfirmed":["cut-off"],"unavailable":[]}""");
    }

    [Fact]
    public async Task In_a_cluster_a_list_of_nodes_that_may_not_be_complete_confirms_nothing()
    {
        await using var host = await IdentityHost.StartAsync();
        host.Cluster.Redis = new RedisLocation { Endpoints = [new RedisEndpoint("redis", 6379)] };
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        host.Manifest.Nodes["other"] = long.MaxValue;
        host.Manifest.IsComplete = false;

        var answer = await client.DeleteAsync(created.Id);

        answer.Status.Should().Be(202);
        answer.Json.ToJsonString().Should().Be("""{"unconfirmed":[],"unavailable":["nodes"]}""");
    }

    [Fact]
    public async Task Without_the_manifest_grain_the_key_is_dead_here_and_the_answer_says_that_nobody_was_asked()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        host.Manifest.IsDown = true;
        var created = await client.PostAsync("""{"name":"k"}""");
        created.Status.Should().Be(201);

        var answer = await client.DeleteAsync(created.Id);

        answer.Status.Should().Be(202);
        answer.Json.ToJsonString().Should().Be("""{"unconfirmed":[],"unavailable":["manifest"]}""");
        (await host.AuthenticateAsync(created.Key)).Error!.Status.Should().Be(401);
    }
}
