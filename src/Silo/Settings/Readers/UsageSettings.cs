using Gateway.Storage.Ledger;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads how usage is written down and kept.</summary>
internal static class UsageSettings
{
    private const string RecordDays = "Gateway:Usage:RecordDays";
    private const string SumDays = "Gateway:Usage:SumDays";

    public static JournalOptions ReadJournal(SettingReader reader) => new()
    {
        MaxBytes = (long)reader.Number("Gateway:Journal:MaxMegabytes", 64, 1 << 20) << 20,
        FlushInterval = TimeSpan.FromMilliseconds(reader.Number("Gateway:Journal:FlushMilliseconds", 10, 60_000)),
        AdoptFolder = reader.FilePath("GATEWAY_ADOPT_DIR"),
    };

    public static LedgerOptions ReadLedger(SettingReader reader)
    {
        var records = reader.Number(RecordDays, LedgerOptionsValidator.LeastRecords.Days, 36_500);
        var sums = reader.Number(SumDays, LedgerOptionsValidator.LeastSums.Days, 36_500);
        if (sums < records && !reader.Problems.Any(problem => problem.Setting == SumDays))
        {
            reader.Fail(RecordDays, $"is {records}, which is more than the {sums} of {SumDays}: sums must be kept at least as long as records");
        }

        return new LedgerOptions { KeepRecords = TimeSpan.FromDays(records), KeepSums = TimeSpan.FromDays(sums) };
    }
}
