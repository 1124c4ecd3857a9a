using Gateway.Api.Admission.Sessions;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.Settings;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Admission;

public sealed class SessionTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeSessionStore _store = new();
    private readonly NodeSession _session;
    private readonly NodeSessionKeeper _keeper;

    public SessionTests()
    {
        _session = new NodeSession(_time);
        _keeper = new NodeSessionKeeper(_store, _session, Options.Create(new NodeOptions { NodeId = "n1" }), _time, NullLogger<NodeSessionKeeper>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _keeper.StopAsync(CancellationToken.None);
        _keeper.Dispose();
    }

    [Fact]
    public async Task It_is_not_alive_before_the_first_renewal_and_is_renewed_every_two_seconds()
    {
        _session.IsAlive.Should().BeFalse();
        await _keeper.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _session.IsAlive, "renewed");

        for (var i = 2; i < 6; i++)
        {
            await PassAsync(NodeSessionKeeper.Period);
            await Eventually.TrueAsync(() => _store.Renewals.Count >= i, "renewed again");
        }

        _store.Renewals.Distinct().Should().Equal(_session.Id);
    }

    [Fact]
    public async Task While_it_cannot_be_renewed_it_is_trusted_for_less_than_the_cluster_does()
    {
        await _keeper.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _session.IsAlive, "renewed");
        _store.IsDown = true;

        await PassAsync(TimeSpan.FromSeconds(7));
        _session.IsAlive.Should().BeTrue();
        await PassAsync(TimeSpan.FromSeconds(2));
        _session.IsAlive.Should().BeFalse();

        _store.IsDown = false;
        await PassAsync(TimeSpan.FromSeconds(2.5));
        await Eventually.TrueAsync(() => _session.IsAlive, "renewed again");
    }

    [Fact]
    public async Task One_that_was_taken_for_lost_is_replaced()
    {
        await _keeper.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _session.IsAlive, "renewed");
        var first = _session.Id;
        _store.Lost[first] = true;

        await PassAsync(TimeSpan.FromSeconds(3));

        await Eventually.TrueAsync(() => _session.Id != first && _session.IsAlive, "another one lives");
    }

    [Fact]
    public async Task One_whose_journal_was_taken_in_as_if_it_had_ended_is_used_no_more_and_replaced()
    {
        await _keeper.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _session.IsAlive, "renewed");
        var first = _session.Id;

        ((IJournalTakenObserver)_session).OnTaken();
        _session.IsAlive.Should().BeFalse("its last word was said");
        _session.Renewed(_time.GetTimestamp());
        _session.IsAlive.Should().BeFalse("a renewal that was under way changes nothing");
        await PassAsync(NodeSessionKeeper.Period);

        await Eventually.TrueAsync(() => _session.Id != first && _session.IsAlive, "another one lives");
        _store.Renewals.Should().Contain(_session.Id);
        _store.Ended.Should().Equal(first);
    }

    [Fact]
    public async Task A_node_that_stops_ends_it()
    {
        await _keeper.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _session.IsAlive, "renewed");

        await _keeper.StopAsync(CancellationToken.None);

        _store.Ended.Should().Equal(_session.Id);
    }

    private async Task PassAsync(TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += TimeSpan.FromMilliseconds(250))
        {
            await KeeperWaitsAsync();
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        await KeeperWaitsAsync();
    }

    private Task KeeperWaitsAsync() => Eventually.TrueAsync(() => _time.ArmedTimers > 0, "the keeper waits for the clock");
}
