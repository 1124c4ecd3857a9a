using System.Net;
using System.Net.Sockets;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Sources;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Sources;

public sealed class SourceSlotTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly ScriptedFetcher _fetcher = new();
    private readonly SourceSlot _slot;

    public SourceSlotTests() => _slot = new SourceSlot("metis", "somewhere", _fetcher, TimeProvider.System);

    [Fact]
    public void Until_something_was_loaded_looks_come_sooner_than_the_period_and_ever_later()
    {
        var waits = Enumerable.Range(0, 7).Select(_ =>
        {
            _slot.BeginLook(Period);
            return _slot.Wait.TotalSeconds;
        });

        waits.Should().Equal(1, 2, 4, 8, 16, 30, 30);
    }

    [Fact]
    public async Task As_soon_as_something_is_loaded_the_period_counts_from_the_look_that_brought_it()
    {
        _slot.BeginLook(Period);
        await Look(Json.Manifest(Json.Entry("a")), at: Now.AddSeconds(3));

        _slot.Wait.Should().Be(Period);
    }

    [Fact]
    public async Task Only_a_document_that_could_be_read_is_asked_for_conditionally()
    {
        await Look("{");
        await Look(Json.Manifest(Json.Entry("a")));
        await Look(Json.Manifest(Json.Entry("a")));

        _fetcher.Validators.Should().Equal(CacheValidators.None, CacheValidators.None, new CacheValidators("v2", null));
    }

    [Fact]
    public async Task Where_only_a_date_tells_of_a_change_every_tenth_look_asks_for_the_document_itself()
    {
        var dated = new CacheValidators(null, Now);
        _fetcher.Told = dated;

        for (var look = 0; look < 21; look++)
        {
            await Look(Json.Manifest(Json.Entry("a")));
        }

        _fetcher.Validators.Select((sent, index) => (sent, index)).Where(look => look.sent.IsEmpty).Select(look => look.index).Should().Equal(0, 10, 20);
        _fetcher.Validators.Where(sent => !sent.IsEmpty).Should().OnlyContain(sent => sent == dated);
    }

    [Fact]
    public async Task An_ETag_tells_of_every_change()
    {
        for (var look = 0; look < 21; look++)
        {
            await Look(Json.Manifest(Json.Entry("a")));
        }

        _fetcher.Validators.Skip(1).Should().OnlyContain(sent => !sent.IsEmpty);
    }

    [Fact]
    public async Task The_same_bytes_are_not_a_new_copy()
    {
        await Look(Json.Manifest(Json.Entry("a")));
        var copy = _slot.Copies.InForce;

        await Look(Json.Manifest(Json.Entry("a")));

        _slot.Copies.InForce.Should().BeSameAs(copy);
    }

    [Fact]
    public async Task The_time_of_confirmation_moves_only_while_the_copy_is_in_force()
    {
        await Look(Json.Manifest(Json.Entry("a")), at: Now);
        await Look("{", at: Now.AddSeconds(30));
        _slot.Describe().FetchedAt.Should().Be(Now);
        _slot.Describe().LastErrorAt.Should().Be(Now.AddSeconds(30));

        await Look(Json.Manifest(Json.Entry("a")), at: Now.AddSeconds(60));

        _slot.Describe().FetchedAt.Should().Be(Now.AddSeconds(60));
        _slot.Describe().LastError.Should().BeNull();
    }

    [Fact]
    public async Task Hosts_of_plain_http_entries_are_resolved_and_those_that_fail_left_out()
    {
        await Look(Json.Manifest(
            Json.Entry("a", url: "http://known.example/v1"),
            Json.Entry("b", url: "http://unknown.example/v1"),
            Json.Entry("c", url: "https://secure.example/v1"),
            Json.Entry("d", url: "http://10.0.0.1/v1")));

        _slot.Addresses.Should().ContainSingle().Which.Key.Should().Be("known.example");
    }

    private async Task Look(string json, DateTimeOffset? at = null)
    {
        _fetcher.Next = json;
        var hosts = new HostResolver(
            (host, _) => host == "known.example" ? Task.FromResult(new[] { IPAddress.Loopback }) : throw new SocketException((int)SocketError.HostNotFound),
            TimeProvider.System);
        _slot.Take(await _slot.LookAsync(hosts, TestContext.Current.CancellationToken), at ?? Now);
        _slot.Note(new AssembledManifest([], [], [], [], []), at ?? Now);
    }

    private sealed class ScriptedFetcher : IManifestFetcher
    {
        public bool IsLocal => false;

        public string Next { get; set; } = "";

        /// <summary>Null: an ETag that is new each time.</summary>
        public CacheValidators? Told { get; set; }

        public List<CacheValidators> Validators { get; } = [];

        public Task<FetchResult> FetchAsync(CacheValidators validators, CancellationToken cancellationToken)
        {
            Validators.Add(validators);
            return Task.FromResult<FetchResult>(new FetchResult.Fresh(Json.Utf8(Next), Told ?? new CacheValidators($"v{Validators.Count}", null)));
        }

        public Task<bool> HasChangedAsync(CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
