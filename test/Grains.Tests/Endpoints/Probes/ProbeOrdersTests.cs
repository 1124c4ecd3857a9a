using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests.Feed;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Endpoints.Probes;

public sealed class ProbeOrdersTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FeedBoard _board;
    private readonly ProbeOrders _orders;
    private readonly List<(string Id, ProbeOrder Order)> _sent = [];
    private Func<Task> _answer = () => Task.CompletedTask;

    public ProbeOrdersTests()
    {
        _board = new FeedBoard(_clock);
        _orders = new ProbeOrders(
            (id, order) =>
            {
                _sent.Add((id, order));
                return _answer();
            },
            _board,
            _clock);
    }

    [Fact]
    public async Task Only_entries_that_ask_for_it_are_probed_and_each_is_told_once()
    {
        Publish(Entry("a", ProbeKind.Tcp), Entry("b", ProbeKind.Off), Entry("c", ProbeKind.Models));

        (await TickAsync()).Select(item => item.Id).Should().Equal("a", "c");

        (await TickAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task All_are_told_again_before_their_orders_lapse()
    {
        Publish(Entry("a", ProbeKind.Tcp));
        await TickAsync();
        _clock.Advance(ProbeOrders.Period);

        (await TickAsync()).Should().ContainSingle(item => item.Id == "a" && item.Order.Entry != null);
        (ProbeOrders.Period * 2).Should().BeLessThan(HealthPolicy.ProbeOrderLease);
    }

    [Fact]
    public async Task A_change_is_told_at_once()
    {
        Publish(Entry("a", ProbeKind.Tcp));
        var first = (await TickAsync()).Single().Order;

        Publish(Entry("a", ProbeKind.Tcp) with { Url = "https://moved.example.com/v1" });

        var second = (await TickAsync()).Single().Order;
        second.Entry!.Url.Should().Be("https://moved.example.com/v1");
        second.Version.Should().BeGreaterThan(first.Version);
    }

    [Fact]
    public async Task What_gets_no_requests_on_purpose_is_not_probed()
    {
        Publish(Entry("off", ProbeKind.Tcp), Entry("offline", ProbeKind.Tcp), Entry("gone", ProbeKind.Tcp), Entry("drained", ProbeKind.Tcp), Entry("stays", ProbeKind.Tcp));
        await TickAsync();

        Publish(Entry("off", ProbeKind.Off), Entry("offline", ProbeKind.Tcp) with { Status = EntryStatus.Offline }, Entry("drained", ProbeKind.Tcp), Entry("stays", ProbeKind.Tcp));
        _board.SetOverrides([Override("drained", OverrideMode.Drain), Override("stays", OverrideMode.Live)]);

        var stopped = await TickAsync();
        stopped.Select(item => item.Id).Should().BeEquivalentTo("off", "offline", "gone", "drained");
        stopped.Should().OnlyContain(item => item.Order.Entry == null);
        (await TickAsync()).Should().BeEmpty("each was told");

        _board.SetOverrides([Override("stays", OverrideMode.Maintenance)]);
        (await TickAsync()).Select(item => (item.Id, item.Order.Entry is null)).Should().BeEquivalentTo([("drained", false), ("stays", true)]);
    }

    [Fact]
    public async Task Who_does_not_answer_is_told_again_with_the_next_tick_also_to_stop()
    {
        Publish(Entry("a", ProbeKind.Tcp));
        _answer = () => throw new TimeoutException();
        await TickAsync();
        (await TickAsync()).Should().ContainSingle(item => item.Order.Entry != null);

        Publish(Entry("b", ProbeKind.Off));
        (await TickAsync()).Should().ContainSingle(item => item.Id == "a" && item.Order.Entry == null);
        _answer = () => Task.CompletedTask;
        (await TickAsync()).Should().ContainSingle(item => item.Id == "a" && item.Order.Entry == null);

        (await TickAsync()).Should().BeEmpty();
    }

    private async Task<List<(string Id, ProbeOrder Order)>> TickAsync()
    {
        _sent.Clear();
        await _orders.TickAsync(TestContext.Current.CancellationToken);
        return [.. _sent];
    }

    private void Publish(params ManifestEntry[] entries) => _board.SetEntries([.. entries]);

    private static ManifestEntry Entry(string id, ProbeKind probe) => Json.Assemble() with { Id = id, Probe = probe };

    private EndpointOverride Override(string id, OverrideMode mode) => new() { EntryId = id, Mode = mode, SetBy = "test", SetAt = _clock.GetUtcNow() };
}
