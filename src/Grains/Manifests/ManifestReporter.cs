using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.Sources;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Manifests;

/// <summary>Logs what is new, and only what is new: a problem that stays the same is one line, not one per period.</summary>
internal sealed class ManifestReporter(ILogger logger)
{
    private const int ListedAtMost = 20;

    private readonly Dictionary<string, (string Misspelt, string Unknown)> _unknownFields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);
    private ImmutableHashSet<RejectedEntry> _rejected = [];
    private string _unmatched = "";

    public void Report(ManifestDiff diff, ImmutableArray<ManifestEntry> entries, ImmutableArray<RejectedEntry> rejected, long version)
    {
        foreach (var entry in diff.Added)
        {
            logger.Added(entry.Id, entry.StatusText, entry.Experts.Length, Origin.Of(entry.Url));
        }

        foreach (var change in diff.Changed)
        {
            if (change.ChangesStatus)
            {
                logger.StatusChanged(change.After.Id, change.Before.StatusText, change.After.StatusText);
            }
            else
            {
                logger.Changed(change.After.Id);
            }
        }

        foreach (var entry in diff.Removed)
        {
            logger.Removed(entry.Id);
        }

        foreach (var entry in rejected.Where(entry => !_rejected.Contains(entry)))
        {
            logger.Rejected(entry.Id, entry.Cluster, entry.Reason, entry.Detail);
        }

        var isNews = !diff.IsEmpty || !_rejected.SetEquals(rejected);
        _rejected = [.. rejected];
        if (isNews && logger.IsEnabled(LogLevel.Information))
        {
            logger.InForce(version, entries.Count(entry => entry.Status == EntryStatus.Live), entries.Length, rejected.Length);
        }
    }

    public void ReportUnmatchedOverlay(IEnumerable<string> ids) => IfNew(ref _unmatched, ids, logger.OverlayWithoutEntry);

    public void ReportUnknownFields(SourceSlot source)
    {
        var (misspelt, unknown) = _unknownFields.GetValueOrDefault(source.Name, ("", ""));
        IfNew(ref misspelt, source.UnknownFields.Where(field => field.Nearest is not null).Select(Text), fields => logger.MisspeltFields(source.Name, fields));
        IfNew(ref unknown, source.UnknownFields.Where(field => field.Nearest is null).Select(Text), fields => logger.UnknownFields(source.Name, fields));
        _unknownFields[source.Name] = (misspelt, unknown);

        static string Text(UnknownField field) => field.ToString();
    }

    public void ReportSource(ManifestSourceState source)
    {
        var before = _errors.GetValueOrDefault(source.Name);
        if (source.LastError == before)
        {
            return;
        }

        if (source.LastError is { } error)
        {
            _errors[source.Name] = error;
            var consequence = source.FetchedAt is null ? "Nothing of it was ever loaded." : "What was loaded before stays in force.";
            logger.SourceFailed(source.Name, source.Location, error, consequence);
        }
        else
        {
            _errors.Remove(source.Name);
            logger.SourceRecovered(source.Name, source.Location);
        }
    }

    private static void IfNew(ref string last, IEnumerable<string> items, Action<string> log)
    {
        var list = items.ToList();
        var text = string.Join("; ", list.Take(ListedAtMost)) + (list.Count > ListedAtMost ? $"; and {list.Count - ListedAtMost} more" : "");
        if (text != last && list.Count > 0)
        {
            log(text);
        }

        last = text;
    }
}
