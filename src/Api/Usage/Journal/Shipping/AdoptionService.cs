using Gateway.Api.Usage.Journal.Files;
using Gateway.Silo.Settings;
using Gateway.Storage.Hosting;
using Gateway.Storage.Ledger;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Takes in what earlier sessions left, at the start and then once in a while, and hands their totals to the limits.</summary>
internal sealed partial class AdoptionService(
    UsageJournal journal, JournalAdopter adopter, SessionSettlement settlement, LedgerRetention retention, StorageReadiness storage, IOptions<JournalOptions> options,
    TimeProvider time, ILogger<AdoptionService> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan SettlementPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetentionPeriod = TimeSpan.FromHours(1);

    private readonly ILogger _logger = logger;
    private HashSet<string> _toldFailures = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ReportOthers();
        try
        {
            await storage.Prepared.WaitAsync(stoppingToken);
            await Task.WhenAll(
                RepeatAsync("take in journals", Period, AdoptAsync, stoppingToken),
                RepeatAsync("hand totals to the limits", SettlementPeriod, settlement.SettleAsync, stoppingToken),
                RepeatAsync("remove old usage", RetentionPeriod, retention.ApplyAsync, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        var failures = new HashSet<string>();
        string?[] folders = [Path.GetDirectoryName(journal.Folder), options.Value.AdoptFolder];
        foreach (var folder in folders)
        {
            if (folder is null)
            {
                continue;
            }

            var adoption = await adopter.AdoptAsync(folder, cancellationToken);
            if (adoption.Sessions > 0)
            {
                LogAdopted(adoption.Sessions, folder, adoption.Records);
            }

            if (adoption.Damages > 0)
            {
                LogDamages(adoption.Damages, folder);
            }

            failures.UnionWith(adoption.Failures);
        }

        foreach (var failure in failures.Except(_toldFailures))
        {
            LogLeft(failure);
        }

        _toldFailures = failures;

        ReportOthers();
    }

    // They share the bound of the disk.
    private void ReportOthers()
    {
        var folder = Path.GetDirectoryName(journal.Folder)!;
        journal.ReportOthers(Directory.EnumerateDirectories(folder, SessionFolder.Pattern).Where(session => session != journal.Folder).Sum(SessionFolder.BytesIn));
    }

    private async Task RepeatAsync(string what, TimeSpan period, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        string? told = null;
        while (true)
        {
            try
            {
                await work(cancellationToken);
                told = null;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (exception.Message != told)
                {
                    LogFailed(what, exception.Message);
                }

                told = exception.Message;
            }

            await Task.Delay(period, time, cancellationToken);
        }
    }

    [LoggerMessage(5011, LogLevel.Information, "Usage of {Sessions} earlier sessions below {Folder} was taken in: {Records} records")]
    private partial void LogAdopted(int sessions, string folder, long records);

    [LoggerMessage(5012, LogLevel.Error, "{Count} places of journals below {Folder} could not be read; everything around them was taken in")]
    private partial void LogDamages(int count, string folder);

    [LoggerMessage(5014, LogLevel.Error, "A journal cannot be taken in and stays as it is. {Failure}")]
    private partial void LogLeft(string failure);

    [LoggerMessage(5013, LogLevel.Warning, "It is tried again later to {What}. {Reason}")]
    private partial void LogFailed(string what, string reason);
}
