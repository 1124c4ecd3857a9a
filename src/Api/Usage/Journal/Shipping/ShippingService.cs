using Gateway.Api.Health;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Ledger;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Flushes this node's journal, brings it to the ledger, tells how that goes, and closes it when the process ends.</summary>
internal sealed partial class ShippingService(
    UsageJournal journal, UsageLedger ledger, Readiness readiness, IEnumerable<IJournalTakenObserver> observers, IOptions<JournalOptions> options, TimeProvider time, ILogger<ShippingService> logger) : BackgroundService
{
    /// <summary>Word for <c>/health/ready</c>.</summary>
    public const string Degraded = "journal";

    /// <summary>More than this share of the bound is worth a word.</summary>
    public const double NotableFill = 0.8;

    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>Usage that is not in the ledger for longer is worth a word.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosingBound = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;
    private readonly SessionShipper _shipper = new(journal.Folder, journal.Owner, journal, ledger, time);
    private readonly ShippingPace _pace = new(time, () => Environment.CpuUsage.TotalTime, Environment.ProcessorCount);
    private string? _toldOfDatabase;
    private string? _toldOfDisk;
    private int _toldDamages;
    private int _toldTaken;
    private long _shippedUpTo = time.GetTimestamp();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        journal.Close();
        using var bound = new CancellationTokenSource(ClosingBound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            await _shipper.CloseAsync(either.Token);
            Files.SessionFolder.Delete(journal.Folder);
        }
        catch (Exception exception) when (exception is StorageUnavailableException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            // The next start goes on from here.
            LogLeft(exception.Message);
        }
    }

    public override void Dispose()
    {
        _shipper.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FlushAsync(stoppingToken), ShipAsync(stoppingToken), TellAsync(stoppingToken));

    private async Task FlushAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.FlushInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var failure = journal.Maintain();
            if (failure?.Message is { } message && message != _toldOfDisk)
            {
                LogDisk(message);
            }

            _toldOfDisk = failure?.Message;
        }
    }

    private async Task ShipAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            var shipped = await TryShipAsync(stoppingToken);
            if (shipped)
            {
                Volatile.Write(ref _shippedUpTo, began);
            }

            await Task.Delay(shipped ? Period : PauseAfterFailure, time, stoppingToken);
        }
    }

    // Beside the shipping, which may take long: a database that is slow is worth a word as well.
    private async Task TellAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isLate = time.GetElapsedTime(Volatile.Read(ref _shippedUpTo)) > Late;
            readiness.SetDegraded(Degraded, journal.State != JournalState.Writing || journal.Fill > NotableFill || isLate);
            TellIfTaken();
            if (_shipper.Damages > _toldDamages)
            {
                _toldDamages = _shipper.Damages;
                LogDamage(journal.Folder);
            }
        }
    }

    private async Task<bool> TryShipAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _shipper.ShipAsync(_pace, stoppingToken);
            _toldOfDatabase = null;
            return true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception exception)
        {
            if (exception.Message != _toldOfDatabase)
            {
                LogKept(exception.Message);
            }

            _toldOfDatabase = exception.Message;
            return false;
        }
    }

    private void TellIfTaken()
    {
        if (_shipper.TimesTaken == _toldTaken)
        {
            return;
        }

        _toldTaken = _shipper.TimesTaken;
        LogTaken(journal.Folder);
        foreach (var observer in observers)
        {
            observer.OnTaken();
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "Usage cannot be brought to the database now; it stays in the journal and is tried again. {Reason}")]
    private partial void LogKept(string reason);

    [LoggerMessage(5002, LogLevel.Error, "The journal cannot be written, so requests are refused; it is tried again. {Reason}")]
    private partial void LogDisk(string reason);

    [LoggerMessage(5003, LogLevel.Error, "The journal {Folder} of this process was taken in by another one, as if this one had ended: a copy of it was adopted, or it is on a file system without locks. What comes from now on counts as well; requests that were under way count as interrupted")]
    private partial void LogTaken(string folder);

    [LoggerMessage(5004, LogLevel.Error, "The journal {Folder} is damaged: some entries could not be read, all others were")]
    private partial void LogDamage(string folder);

    [LoggerMessage(5005, LogLevel.Warning, "Usage is left in the journal and goes to the database at the next start. {Reason}")]
    private partial void LogLeft(string reason);
}
