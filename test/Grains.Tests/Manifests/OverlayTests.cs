using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests;

public sealed class OverlayTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly TemporaryFile _overlay = new();
    private readonly FakeProviderKeys _keys = FakeProviderKeys.With("acct");
    private readonly FakeGrainStorage _storage = new();

    public void Dispose()
    {
        _file.Dispose();
        _overlay.Dispose();
    }

    [Fact]
    public async Task A_change_of_the_overlay_is_in_force_at_the_next_tick()
    {
        _overlay.Write("""{"a":{"weight":2},"nobody":{}}""");
        await using var cluster = await Start();
        (await cluster.UntilEntries("a")).Entries[0].Weight.Should().Be(2);
        cluster.Logs.Lines.Should().Contain(line => line.Contains("overlay names nobody"));

        _overlay.Replace("""{"a":{"weight":50}}""");

        await cluster.UntilManifest(manifest => manifest.Entries[0].Weight == 50, "the weight is 50");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"a":{"weight":0}}""")]
    [InlineData(null)]
    public async Task A_broken_or_vanished_overlay_keeps_the_last_good_one_also_after_a_restart(string? broken)
    {
        _overlay.Write("""{"a":{"allowed_groups":["staff"]}}""");
        await using (var cluster = await Start())
        {
            await cluster.UntilEntries("a");
            if (broken is null)
            {
                _overlay.Delete();
            }
            else
            {
                _overlay.Replace(broken);
            }

            var after = await cluster.UntilManifest(manifest => manifest.Sources[1].LastError is not null, "the failure is listed");
            after.Sources[1].Name.Should().Be("overlay");
            after.Sources.Select(source => source.IsOverlay).Should().Equal(false, true);
            after.Entries[0].AllowedGroups!.Value.Should().Equal("local/staff");
        }

        await using var restarted = await Start();
        (await restarted.UntilEntries("a")).Entries[0].AllowedGroups!.Value.Should().Equal("local/staff");
    }

    [Fact]
    public async Task An_overlay_that_can_be_opened_and_not_read_does_not_hold_up_the_manifest()
    {
        var patience = TimeSpan.FromSeconds(300);
        _overlay.Write("""{"a":{"weight":2}}""");
        await using var cluster = await Start(patience);
        await cluster.UntilEntries("a");
        _overlay.HangWhenRead();
        cluster.Clock.Advance(TimeSpan.FromSeconds(2));
        var before = cluster.Clock.GetUtcNow();

        _file.Replace(Json.Manifest(Json.Entry("a"), Json.Entry("b")));
        var manifest = await cluster.UntilEntries("a", "b");

        (cluster.Clock.GetUtcNow() - before).Should().BeLessThan(patience);
        manifest.Entries[0].Weight.Should().Be(2, "the last good one holds");
    }

    [Fact]
    public async Task An_overlay_that_was_never_read_lets_nobody_in()
    {
        await using var cluster = await Start();

        var manifest = await cluster.UntilManifest(manifest => manifest.Rejected.Length > 0, "the entry is rejected");
        manifest.Entries.Should().BeEmpty();
        manifest.Rejected.Should().ContainSingle(item => item.Reason == "overlay_unavailable");

        _overlay.Write("{}");
        await cluster.UntilEntries("a");
    }

    [Fact]
    public async Task A_change_of_the_overlay_that_cannot_be_put_in_force_is_logged_and_tried_again()
    {
        _overlay.Write("{}");
        await using var cluster = await Start();
        await cluster.UntilEntries("a");

        _keys.IsBroken = true;
        _overlay.Replace("""{"a":{"weight":50}}""");
        await cluster.UntilManifest(_ => cluster.Logs.Lines.Any(line => line.Contains("could not be put together")), "it is logged");
        _keys.IsBroken = false;

        await cluster.UntilManifest(manifest => manifest.Entries[0].Weight == 50, "the weight is 50");
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_put_together_does_not_keep_the_grain_from_starting()
    {
        _overlay.Write("{}");
        _keys.IsBroken = true;
        await using var cluster = await Start();
        await cluster.UntilManifest(_ => cluster.Logs.Lines.Any(line => line.Contains("could not be put together")), "it is logged");

        _keys.IsBroken = false;

        await cluster.UntilEntries("a");
    }

    private Task<GrainCluster> Start(TimeSpan? timeout = null)
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        return GrainCluster.StartAsync(
            options =>
            {
                options.Sources = [GrainCluster.FileSource(_file)];
                options.OverlayPath = _overlay.Path;
                options.FetchTimeout = timeout ?? options.FetchTimeout;
            },
            _keys,
            _storage);
    }
}
