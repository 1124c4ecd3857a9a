using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests;
using Gateway.Grains.Tests.Support;
using Microsoft.AspNetCore.Http;
using Gateway.Testing;
using Gateway.Testing.Tls;

namespace Gateway.Grains.Tests.Manifests;

/// <summary>The manifest grain against a real HTTP host.</summary>
public sealed class ManifestFetchingTests : IAsyncLifetime
{
    private const string Canary = "canary-4f1d";

    private readonly FakeProviderKeys _keys = FakeProviderKeys.With("acct");
    private readonly FakeGrainStorage _storage = new();
    private ManifestHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await ManifestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task However_many_ask_there_is_one_fetch_per_period()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await Start();
        await cluster.UntilEntries("a");
        var before = _host.Requests.Count;
        var held = new TaskCompletionSource();
        _host.Answer = async context =>
        {
            await held.Task;
            await context.Response.WriteAsync(Json.Manifest(Json.Entry("b")), Cancellation);
        };

        var refreshes = Enumerable.Range(0, 100).Select(_ => cluster.Manifest.Refresh(Cancellation)).ToArray();
        await Eventually.TrueAsync(() => _host.Requests.Count > before, "the fetch has begun");
        (await cluster.Manifest.Describe()).Entries.Should().ContainSingle(entry => entry.Id == "a", "a fetch holds up nobody");
        held.SetResult();
        var answers = await Task.WhenAll(refreshes);

        answers.Should().OnlyContain(answer => answer.Entries[0].Id == "b");
        _host.Requests.Count.Should().Be(before + 1);
    }

    [Fact]
    public async Task A_manifest_behind_https_is_fetched_through_the_proxy_of_the_host()
    {
        await using var proxy = ConnectProxy.To(1);
        await using var cluster = await GrainCluster.StartAsync(
            options => options.Sources = [new ManifestSource("metis", new Uri("https://manifest.example/status.json"), null)], _keys, proxy: new WebProxy(proxy.Url));

        await cluster.Manifest.Refresh(Cancellation);

        proxy.Targets.Should().NotBeEmpty().And.OnlyContain(target => target == "manifest.example:443");
    }

    [Fact]
    public async Task Within_a_period_ticks_fetch_nothing_and_after_it_they_fetch_once()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(
            options =>
            {
                options.Sources = [new ManifestSource("metis", _host.Url(), null)];
                options.RefreshPeriod = TimeSpan.FromHours(24);
            },
            _keys);
        await cluster.UntilEntries("a");
        var before = _host.Requests.Count;

        await UntilTicksPassed(cluster);
        _host.Requests.Count.Should().Be(before);

        cluster.Clock.Advance(TimeSpan.FromHours(24));
        await UntilTicksPassed(cluster);
        await Eventually.TrueAsync(() => _host.Requests.Count > before, "the next period's fetch");
        await UntilTicksPassed(cluster);
        _host.Requests.Count.Should().Be(before + 1);
    }

    [Fact]
    public async Task Periods_are_kept_when_the_clock_is_set_back()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(
            options => options.Sources = [new ManifestSource("metis", _host.Url(), null)],
            _keys);
        await cluster.UntilEntries("a");
        _host.Serve(Json.Manifest(Json.Entry("b")));

        cluster.Clock.SetClock(-TimeSpan.FromDays(1));

        await cluster.UntilEntries("b");
    }

    [Fact]
    public async Task An_unchanged_manifest_costs_no_storage_write_and_no_new_version()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await Start();
        var first = await cluster.UntilEntries("a");
        await Eventually.TrueAsync(() => _storage.Text.Contains("api.example.com", StringComparison.Ordinal), "it is stored");
        var writes = _storage.Writes;

        var again = await cluster.Manifest.Refresh(Cancellation);

        again.Version.Should().Be(first.Version);
        _storage.Writes.Should().Be(writes);
    }

    [Fact]
    public async Task A_host_that_hangs_leaves_the_manifest_in_force_and_everybody_else_unhindered()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await Start();
        await cluster.UntilEntries("a");
        _host.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        var after = await cluster.UntilManifest(manifest => manifest.Sources[0].LastError is not null, "the failure is listed");

        after.Sources[0].LastError.Should().Contain("METIS_TIMEOUT_SECONDS");
        after.Entries.Should().ContainSingle();
    }

    [Fact]
    public async Task Files_that_hang_are_left_in_force_and_hold_up_nothing_else()
    {
        using var file = new TemporaryFile();
        using var overlay = new TemporaryFile();
        file.Write(Json.Manifest(Json.Entry("f")));
        overlay.Write("""{"a":{"weight":7}}""");
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(
            options =>
            {
                options.Sources = [GrainCluster.FileSource(file, "one"), new ManifestSource("two", _host.Url(), null)];
                options.OverlayPath = overlay.Path;
            },
            _keys);
        await cluster.UntilEntries("f", "a");

        file.Hang();
        overlay.Hang();
        await UntilTicksPassed(cluster, "f", "a");
        _host.Serve(Json.Manifest(Json.Entry("a"), Json.Entry("b")));

        (await cluster.UntilEntries("f", "a", "b")).Entries[1].Weight.Should().Be(7);
    }

    [Fact]
    public async Task Secrets_of_the_address_and_of_refused_entries_are_nowhere_to_be_found()
    {
        _host.Serve("{" + Json.Entry("a") + $$"""
            ,"bad":{"status":"Live","url":"https://user:{{Canary}}@h/v1","endpoint_id":"acct","experts":["m"],"headers":{"Authorization":"{{Canary}}"} }
            ,"worse":{"status":"Live","url":"https://h/v1","endpoint_id":"acct","experts":["m"],"api_key":"{{Canary}}"} }
            """);
        await using var cluster = await Start($"?sig={Canary}");
        await cluster.UntilEntries("a");
        _host.Answer = context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };
        var description = await cluster.UntilManifest(manifest => manifest.Sources[0].LastError is not null, "the failure is listed");

        _host.Requests.Should().OnlyContain(headers => headers.Authorization == "Bearer " + Canary);
        cluster.Logs.Text.Should().Contain("metis").And.NotContain(Canary);
        _storage.Text.Should().Contain("api.example.com").And.NotContain(Canary);
        System.Text.Json.JsonSerializer.Serialize(description).Should().NotContain(Canary);
    }

    [Fact]
    public async Task Two_manifests_are_merged_and_one_that_fails_leaves_the_other_alone()
    {
        using var file = new TemporaryFile();
        file.Write(Json.Manifest(Json.Entry("b")));
        _host.Serve(Json.Manifest(Json.Entry("a"), Json.Entry("b")));
        await using var cluster = await GrainCluster.StartAsync(
            options => options.Sources = [GrainCluster.FileSource(file, "one"), new ManifestSource("two", _host.Url(), null)], _keys);

        var merged = await cluster.UntilManifest(manifest => manifest.Entries.Length == 2, "both are there");
        merged.Entries.Select(entry => (entry.Id, entry.Cluster)).Should().Equal(("b", "one"), ("a", "two"));
        merged.Rejected.Should().ContainSingle(item => item.Id == "b" && item.Cluster == "two" && item.Reason == "duplicate_id");

        _host.Serve("<html>maintenance</html>");
        file.Write(Json.Manifest(Json.Entry("c")));
        await cluster.UntilManifest(
            manifest => manifest.Entries.Select(entry => entry.Id).SequenceEqual(["c", "a", "b"]) && manifest.Sources[1].LastError is not null,
            "the file changed, the host failed");
    }

    [Fact]
    public async Task Everything_can_be_stopped_by_setting_it_offline()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await Start();
        await cluster.UntilEntries("a");
        _host.Serve(Json.Manifest(Json.Entry("a", status: "Offline")));

        (await cluster.Manifest.Refresh(Cancellation)).Entries.Should().ContainSingle(entry => entry.Status == EntryStatus.Offline);
    }

    [Fact]
    public async Task A_refresh_that_meets_a_fetch_under_way_fetches_once_more()
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await Start();
        await cluster.UntilEntries("a");
        var before = _host.Requests.Count;
        var held = new TaskCompletionSource();
        _host.Answer = async context =>
        {
            await held.Task;
            await context.Response.WriteAsync(Json.Manifest(Json.Entry("old")), Cancellation);
        };
        await cluster.UntilManifest(_ => _host.Requests.Count > before, "the period's fetch has begun");

        var refresh = cluster.Manifest.Refresh(Cancellation);
        await cluster.Manifest.Describe();
        _host.Serve(Json.Manifest(Json.Entry("new")));
        held.SetResult();

        (await refresh).Entries.Should().ContainSingle(entry => entry.Id == "new");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refresh_of_a_host_that_takes_longer_than_callers_wait_says_so(bool meetsLookOfThePeriod)
    {
        _host.Serve(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(
            options =>
            {
                options.Sources = [new ManifestSource("metis", _host.Url(), null)];
                options.FetchTimeout = TimeSpan.FromSeconds(300);
                options.RefreshPeriod = TimeSpan.FromHours(meetsLookOfThePeriod ? 0.01 : 1);
            },
            _keys);
        await cluster.UntilEntries("a");
        var before = _host.Requests.Count;
        var held = new TaskCompletionSource();
        _host.Answer = async context =>
        {
            await held.Task;
            await context.Response.WriteAsync(Json.Manifest(Json.Entry("b")), Cancellation);
        };
        if (meetsLookOfThePeriod)
        {
            await cluster.UntilManifest(_ => _host.Requests.Count > before, "the period's fetch has begun");
        }

        var refresh = cluster.Manifest.Refresh(Cancellation);
        await cluster.UntilManifest(_ => refresh.IsCompleted, "it answers");

        var answer = await refresh;
        answer.Entries.Should().ContainSingle(entry => entry.Id == "a");
        answer.Sources.Should().ContainSingle().Which.LastError.Should().Contain("goes on");
        held.SetResult();
        await cluster.UntilEntries("b");
    }

    [Fact]
    public async Task A_refresh_also_takes_a_file_that_is_older_than_the_one_before_it()
    {
        var modified = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        var manifest = Json.Manifest(Json.Entry("new"));
        _host.Answer = context =>
        {
            // As Python's file server does: nothing older than what the caller has is told.
            if (context.Request.GetTypedHeaders().IfModifiedSince >= modified)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            context.Response.GetTypedHeaders().LastModified = modified;
            return context.Response.WriteAsync(manifest, Cancellation);
        };
        await using var cluster = await GrainCluster.StartAsync(
            options =>
            {
                options.Sources = [new ManifestSource("metis", _host.Url(), null)];
                options.RefreshPeriod = TimeSpan.FromDays(1);
            },
            _keys);
        await cluster.UntilEntries("new");
        (modified, manifest) = (modified.AddDays(-20), Json.Manifest(Json.Entry("old")));

        (await cluster.Manifest.Refresh(Cancellation)).Entries.Should().ContainSingle(entry => entry.Id == "old");
    }

    // A change of keys is seen by a tick before it looks at the sources, so the second change proves that one whole tick passed.
    private async Task UntilTicksPassed(GrainCluster cluster, params string[] entries)
    {
        foreach (var change in new Action[] { () => _keys.Remove("acct"), () => _keys.Set("acct") })
        {
            change();
            var expected = _keys.Find("acct") is null ? 0 : Math.Max(entries.Length, 1);
            await cluster.UntilManifest(manifest => manifest.Entries.Length == expected, "the keys were seen");
        }
    }

    private Task<GrainCluster> Start(string query = "") =>
        GrainCluster.StartAsync(
            options => options.Sources = [new ManifestSource("metis", _host.Url("/status.json" + query), "Bearer " + Canary)], _keys, _storage);
}
