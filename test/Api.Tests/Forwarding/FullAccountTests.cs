using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class FullAccountTests
{
    [Fact]
    public async Task Entries_whose_accounts_are_full_use_up_no_attempt()
    {
        await using var first = ScriptedUpstream.Start();
        await using var second = ScriptedUpstream.Start();
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await StartAsync(OneAMinute(first, "a", 0), OneAMinute(second, "b", 1), Rig.Entries.At(bad, "c", 2), Rig.Entries.At(good, "d", 3));
        using var usesUpFirst = await gateway.ChatAsync();
        using var usesUpSecond = await gateway.ChatAsync();

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
        first.Requests.Should().ContainSingle();
        second.Requests.Should().ContainSingle();
        bad.Requests.Should().ContainSingle();
        good.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Three_upstream_calls_are_the_most_also_behind_a_full_account()
    {
        await using var full = ScriptedUpstream.Start();
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await StartAsync(
            OneAMinute(full, "a", 0), Rig.Entries.At(bad, "b", 1), Rig.Entries.At(bad, "c", 2), Rig.Entries.At(bad, "d", 3), Rig.Entries.At(good, "e", 4));
        using var usesUpFirst = await gateway.ChatAsync();

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        response.Attempts().Should().Be("3");
        good.Requests.Should().BeEmpty();
    }

    private static Task<TestGateway> StartAsync(params ManifestEntry[] entries) =>
        TestGateway.StartAsync(TimeProvider.System, new FakeCluster(TimeProvider.System).Grains, entries);

    private static ManifestEntry OneAMinute(ScriptedUpstream upstream, string id, int priority) =>
        Rig.Entries.At(upstream, id, priority) with { Limits = new AccountLimits { RequestsPerMinute = 1 } };
}
