using Gateway.Storage.Ledger;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads how usage is written down and kept.</summary>
internal static class UsageSettings
{
    public static JournalOptions ReadJournal(SettingReader reader) => new()
    {
        MaxBytes = (long)reader.Number("Gateway:Journal:MaxMegabytes", 64, 1 << 20) << 20,
        FlushInterval = TimeSpan.FromMilliseconds(reader.Number("Gateway:Journal:FlushMilliseconds", 10, 60_000)),
        AdoptFolder = reader.FilePath("GATEWAY_ADOPT_DIR"),
    };

    public static LedgerOptions ReadLedger(SettingReader reader) => new()
    {
        KeepRecords = TimeSpan.FromDays(reader.Number("Gateway:Usage:RecordDays", 32, 36_500)),
        KeepSums = TimeSpan.FromDays(reader.Number("Gateway:Usage:SumDays", 32, 36_500)),
    };
}
