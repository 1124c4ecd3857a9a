using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.Oracles;

namespace Gateway.Fuzz.Run;

/// <summary>What came of all cases, by family and class.</summary>
internal sealed class Distribution
{
    private readonly ConcurrentDictionary<(CaseFamily Family, string Outcome), long> counts = new();
    private long total;
    private long passed;

    public long Total => Interlocked.Read(ref total);

    /// <summary>Of those that got through parsing, in percent.</summary>
    public double PassedShare => Total == 0 ? 0 : 100.0 * Interlocked.Read(ref passed) / Total;

    public IReadOnlyCollection<string> Outcomes => [.. counts.Keys.Select(key => key.Outcome).Distinct()];

    public void Add(CaseFamily family, Verdict verdict)
    {
        counts.AddOrUpdate((family, verdict.Outcome), 1, static (_, count) => count + 1);
        Interlocked.Increment(ref total);
        if (verdict.Passed)
        {
            Interlocked.Increment(ref passed);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var family in counts.GroupBy(pair => pair.Key.Family).OrderBy(group => group.Key))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{family.Key,-12}{family.Sum(pair => pair.Value),10}");
            foreach (var (key, count) in family.OrderByDescending(pair => pair.Value))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {key.Outcome,-52}{count,10}{100.0 * count / Total,8:0.00} %");
            }
        }

        return text.Append(CultureInfo.InvariantCulture, $"{Total} cases, {PassedShare:0.0} % of them got through parsing").ToString();
    }
}
