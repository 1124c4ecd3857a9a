using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Usage.Journal.Files;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Sums of charges over a session. What was in files that are gone is kept in a small file beside them.</summary>
internal sealed class ChargeSums(TimeProvider time)
{
    // For clocks that were set, and for a grain's time that goes on behind them.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private const int PruneFrom = 1024;

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private Dictionary<(string? Session, string Subject, long Epoch, string WindowId, long Period), long> _sums = [];
    private int _pruneAt = PruneFrom;

    public int Count => _sums.Count;

    public void Add(IEnumerable<Charge> charges)
    {
        foreach (var charge in charges)
        {
            var key = (charge.Session, charge.Subject, charge.Epoch, charge.WindowId, charge.Period);
            _sums[key] = _sums.GetValueOrDefault(key) + charge.Amount;
        }

        PruneIfLarge();
    }

    public void Add(ChargeSums others)
    {
        foreach (var (key, amount) in others._sums)
        {
            _sums[key] = _sums.GetValueOrDefault(key) + amount;
        }

        PruneIfLarge();
    }

    /// <summary>For the ledger; empty: there are none.</summary>
    public string ToJson()
    {
        Prune();
        return _sums.Count == 0 ? "" : JsonSerializer.Serialize(ToCharges(), Json);
    }

    /// <summary>What of <see cref="ToJson"/> somebody may still need by now.</summary>
    public static ImmutableArray<Charge> FromJson(string json, TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return JsonSerializer.Deserialize<ImmutableArray<Charge>>(json).RemoveAll(charge => IsOver(charge.WindowId, charge.Period, now));
    }

    private ImmutableArray<Charge> ToCharges() =>
    [
        .. _sums.Select(sum => new Charge
        {
            Subject = sum.Key.Subject,
            Epoch = sum.Key.Epoch,
            WindowId = sum.Key.WindowId,
            Period = sum.Key.Period,
            Amount = sum.Value,
            Session = sum.Key.Session,
        }),
    ];

    /// <summary>Writes down the sums over all files up to <paramref name="segment"/>, as a whole or not at all.</summary>
    public void Save(string folder, int segment)
    {
        Prune();
        var unwritten = SessionFolder.UnwrittenTotalsPath(folder);
        using (var stream = new FileStream(unwritten, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, new Saved { Segment = segment, Charges = ToCharges() }, Json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unwritten, SessionFolder.TotalsPath(folder), overwrite: true);
    }

    /// <returns>The last file whose charges are in the sums; 0: none.</returns>
    public int Load(string folder)
    {
        var path = SessionFolder.TotalsPath(folder);
        if (!File.Exists(path) || JsonSerializer.Deserialize<Saved>(File.ReadAllBytes(path)) is not { } saved)
        {
            return 0;
        }

        Add(saved.Charges);
        return saved.Segment;
    }

    private void PruneIfLarge()
    {
        if (_sums.Count >= _pruneAt)
        {
            Prune();
            _pruneAt = Math.Max(PruneFrom, 2 * _sums.Count);
        }
    }

    private void Prune()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (key, _) in _sums)
        {
            if (IsOver(key.WindowId, key.Period, now))
            {
                _sums.Remove(key);
            }
        }
    }

    // Its units are free again, so nobody asks for their sum.
    private static bool IsOver(string windowId, long period, long now) => PeriodLife.Of(windowId) is { } life && period < now - (long)(life + Margin).TotalMilliseconds;

    private sealed record Saved
    {
        public int Schema { get; init; } = 1;

        public int Segment { get; init; }

        public ImmutableArray<Charge> Charges { get; init; } = [];
    }
}
