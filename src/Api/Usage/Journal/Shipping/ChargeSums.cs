using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal.Files;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Sums of charges over a session. What was in files that are gone is kept in a small file beside them.</summary>
internal sealed class ChargeSums(TimeProvider time)
{
    // A minute's slot is free again a little more than a minute after its begin; nobody needs its sum then.
    private const string MinuteWindow = "_per_minute";
    private static readonly TimeSpan MinuteIsOver = TimeSpan.FromMinutes(10);

    private Dictionary<(string Subject, long Epoch, string WindowId, long Period), long> _sums = [];

    public void Add(IEnumerable<Charge> charges)
    {
        foreach (var charge in charges)
        {
            var key = (charge.Subject, charge.Epoch, charge.WindowId, charge.Period);
            _sums[key] = _sums.GetValueOrDefault(key) + charge.Amount;
        }
    }

    public void Add(ChargeSums others)
    {
        foreach (var (key, amount) in others._sums)
        {
            _sums[key] = _sums.GetValueOrDefault(key) + amount;
        }
    }

    /// <summary>For the ledger; empty: there are none.</summary>
    public string ToJson()
    {
        Prune();
        return _sums.Count == 0 ? "" : JsonSerializer.Serialize(ToCharges());
    }

    public static ImmutableArray<Charge> FromJson(string json) => JsonSerializer.Deserialize<ImmutableArray<Charge>>(json);

    private ImmutableArray<Charge> ToCharges() =>
        [.. _sums.Select(sum => new Charge { Subject = sum.Key.Subject, Epoch = sum.Key.Epoch, WindowId = sum.Key.WindowId, Period = sum.Key.Period, Amount = sum.Value })];

    /// <summary>Writes down the sums over all files up to <paramref name="segment"/>, as a whole or not at all.</summary>
    public void Save(string folder, int segment)
    {
        Prune();
        var path = SessionFolder.TotalsPath(folder);
        using (var stream = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, new Saved { Segment = segment, Charges = ToCharges() });
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
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

    private void Prune()
    {
        var limit = (time.GetUtcNow() - MinuteIsOver).ToUnixTimeMilliseconds();
        _sums = _sums.Where(sum => sum.Key.Period >= limit || !sum.Key.WindowId.EndsWith(MinuteWindow, StringComparison.Ordinal)).ToDictionary();
    }

    private sealed record Saved
    {
        public int Schema { get; init; } = 1;

        public int Segment { get; init; }

        public ImmutableArray<Charge> Charges { get; init; } = [];
    }
}
