using Gateway.Api.Health;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Storage;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>Shipping while requests keep coming: there is always more to ship.</summary>
public sealed class ShippingServiceTests : IAsyncLifetime
{
    private readonly Random _random = new(1);
    private readonly FakeTimeProvider _time = new();
    private readonly Readiness _readiness = new();
    private readonly Observer _observer = new();
    private readonly CancellationToken _bound = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
    private BusyDatabase _database = null!;
    private JournalRig _rig = null!;
    private UsageJournal _journal = null!;
    private ShippingService _service = null!;

    private bool IsDegraded => _readiness.Degraded.Contains(ShippingService.Degraded);

    public async ValueTask InitializeAsync()
    {
        _rig = await JournalRig.CreateAsync(inner => _database = new BusyDatabase(inner));
        _rig.Options.FlushInterval = TimeSpan.FromSeconds(1);
        _journal = _rig.Open();
        _service = new ShippingService(_journal, _rig.Ledger, _readiness, [_observer], Options.Create(_rig.Options), _time, NullLogger<ShippingService>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _database.Meanwhile = () => Task.CompletedTask;
        await _service.StopAsync(CancellationToken.None);
        _service.Dispose();
        _journal.Dispose();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task A_turn_ends_although_more_comes_with_every_batch()
    {
        using var shipper = _rig.ShipperOf(_journal);
        _rig.Run(_journal, 5, _random);
        _database.Meanwhile = () =>
        {
            _rig.Run(_journal, 1, _random);
            return Task.CompletedTask;
        };

        await shipper.ShipAsync(pace: null, _bound);

        shipper.Shipped.Should().BeGreaterThanOrEqualTo(5);
        _database.Meanwhile = () => Task.CompletedTask;
        await shipper.ShipAsync(pace: null, _bound);
        await _rig.MustHoldAllAsync();
    }

    [Fact]
    public async Task Limits_hear_of_a_copy_that_was_taken_in_although_requests_keep_coming()
    {
        _rig.Run(_journal, 5, _random);
        await _rig.AdoptCopyAsync(_journal, _bound);
        _database.Meanwhile = () =>
        {
            _rig.Run(_journal, 1, _random);
            return Task.CompletedTask;
        };
        _rig.Run(_journal, 5, _random);
        await _service.StartAsync(_bound);

        await PassUntilAsync(() => _observer.Times == 1, "it is told");
    }

    [Theory]
    [InlineData("it is slow and the journal fills")]
    [InlineData("it is slow for more than a minute")]
    public async Task A_database_that_takes_its_time_is_worth_a_word_until_it_has_caught_up(string why)
    {
        var answers = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _database.Meanwhile = () =>
        {
            asked.TrySetResult();
            return answers.Task;
        };
        _rig.Run(_journal, 5, _random);
        await _service.StartAsync(_bound);
        await asked.Task.WaitAsync(_bound);
        if (why.Contains("fills"))
        {
            while (_journal.Fill <= ShippingService.NotableFill)
            {
                _rig.Run(_journal, 5, _random);
            }
        }
        else
        {
            _time.Advance(ShippingService.Late + TimeSpan.FromSeconds(1));
        }

        await PassUntilAsync(() => IsDegraded, why);
        answers.SetResult();
        await PassUntilAsync(() => !IsDegraded, "it has caught up");
    }

    [Fact]
    public async Task A_moment_without_the_database_after_hours_of_load_is_not()
    {
        _database.Meanwhile = () =>
        {
            _rig.Run(_journal, 1, _random);
            return Task.CompletedTask;
        };
        _rig.Run(_journal, 5, _random);
        await _service.StartAsync(_bound);
        for (var second = 0; second < 90; second++)
        {
            var before = _rig.Expected.Count;
            await PassUntilAsync(() => _rig.Expected.Count > before, "it ships");
        }

        var failures = 0;
        _database.Meanwhile = () => Interlocked.Increment(ref failures) > 0 ? throw new StorageUnavailableException() : Task.CompletedTask;
        await PassUntilAsync(() => failures > 3, "the database is away");

        IsDegraded.Should().BeFalse();
    }

    private Task PassUntilAsync(Func<bool> condition, string expectation) => Eventually.TrueAsync(
        () =>
        {
            if (!condition())
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return condition();
        },
        expectation);

    private sealed class Observer : IJournalTakenObserver
    {
        public int Times { get; private set; }

        public void OnTaken() => Times++;
    }
}
