using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gateway.Api.Authentication.Subjects;
using Gateway.Silo.Settings.Limits;
using Gateway.Storage.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission.Rows;

/// <summary>Every limit of the gateway, in memory: those set by <c>/admin</c>, else those of the settings. A look-up takes no lock and makes no call.</summary>
internal sealed partial class LimitsSnapshot(ILimitStore store, SubjectNames names, IOptions<LimitsOptions> options, ILogger<LimitsSnapshot> logger) : IDisposable
{
    private const int PageSize = 1000;

    private readonly ConcurrentDictionary<string, LimitRow> _rows = new(StringComparer.Ordinal);
    private readonly Lock _changes = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Configured _configured = new(null, ImmutableDictionary<string, LimitDocument>.Empty, 0);
    private volatile bool _isLoaded;
    private long _generation;
    private long _appliedVersion;

    /// <summary>The limits were read once; until then nobody is admitted who may have some.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>Counts up with every change of anything here.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Every change up to this version is in force here.</summary>
    public long AppliedVersion => Volatile.Read(ref _appliedVersion);

    /// <summary>Nobody is limited.</summary>
    public bool IsEmpty => _rows.IsEmpty && _configured.Subjects.IsEmpty;

    /// <summary>Subjects of the settings in their stored form.</summary>
    public ImmutableDictionary<string, LimitDocument> FromSettings => _configured.Subjects;

    /// <summary>All that have limits, in their stored form.</summary>
    public IEnumerable<string> Subjects => _rows.Where(row => row.Value.Document is not null).Select(row => row.Key).Union(_configured.Subjects.Keys, StringComparer.Ordinal);

    /// <summary>What is set for the subject itself, whether it holds now or not; null: nothing.</summary>
    public LimitDocument? FindDocument(string subject) =>
        _rows.TryGetValue(subject, out var row) && row.Document is { } document ? document : _configured.Subjects.GetValueOrDefault(subject);

    /// <summary>
    /// What holds for a subject. Its version rises with every change of what holds, also where a row was deleted or a date was passed, since
    /// its grain goes by the newest version that it has seen.
    /// </summary>
    public EffectiveLimits Find(string subject, DateTimeOffset now)
    {
        var version = 0L;
        DateTimeOffset? until = null;
        if (_rows.TryGetValue(subject, out var row))
        {
            version = VersionOf(row.Document, row.Version, now);
            until = row.Document?.NextChange(now);
            if (row.Document?.At(now) is { } fields)
            {
                return new EffectiveLimits(fields, version, until, LimitSource.Admin);
            }
        }

        var configured = _configured;
        version = Math.Max(version, configured.Version);
        if (!configured.Subjects.TryGetValue(subject, out var document))
        {
            return new EffectiveLimits(null, version, until, LimitSource.None);
        }

        version = VersionOf(document, version, now);
        until = Earlier(until, document.NextChange(now));
        return new EffectiveLimits(document.At(now), version, until, LimitSource.Settings);
    }

    /// <summary>Reads all that changed in the database since the last time, and the settings if they changed.</summary>
    /// <param name="limitsVersion">A version that is known to be committed; 0: none.</param>
    /// <exception cref="Gateway.Storage.StorageUnavailableException">The snapshot stays as it was.</exception>
    public async Task RefreshAsync(long limitsVersion, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            await FollowSettingsAsync(cancellationToken);
            var applied = AppliedVersion;
            while (true)
            {
                var page = await store.ChangedSinceAsync(applied, PageSize, cancellationToken);
                foreach (var record in page)
                {
                    Apply(record);
                    applied = Math.Max(applied, record.Version);
                }

                if (page.Count < PageSize)
                {
                    break;
                }
            }

            Volatile.Write(ref _appliedVersion, Math.Max(applied, limitsVersion));
            _isLoaded = true;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Takes over one record at once, unless a newer one is here.</summary>
    public void Apply(LimitRecord record)
    {
        lock (_changes)
        {
            if (_rows.TryGetValue(record.Subject, out var known) && known.Version >= record.Version)
            {
                return;
            }

            var document = record.Body is null ? null : LimitDocumentReader.Read(record.Body);
            if (document is null && record.Body is not null)
            {
                // Written by a version that knows more. Taking it for "no limits" would lift them; the ones from before stay.
                LogUnreadable(record.Subject);
                document = known?.Document;
                if (document is null)
                {
                    document = LimitDocumentReader.Read("""{"requests_per_day":1}""");
                }
            }

            _rows[record.Subject] = new LimitRow(document, record.Version);
            Interlocked.Increment(ref _generation);
        }
    }

    public void Dispose() => _refreshing.Dispose();

    // Under a version from the counter of the rows, whatever the time is here: what /admin sets later is newer, what was set, or said by settings,
    // before is older. Also where they name nobody: those from before a restart may have.
    private async Task FollowSettingsAsync(CancellationToken cancellationToken)
    {
        var written = options.Value.Subjects;
        if (ReferenceEquals(written, _configured.Written))
        {
            return;
        }

        var version = await store.TakeVersionAsync(cancellationToken);
        lock (_changes)
        {
            var subjects = ImmutableDictionary.CreateBuilder<string, LimitDocument>(StringComparer.Ordinal);
            foreach (var (name, document) in written)
            {
                if (LimitSubjects.Parse(names, name) is { } subject)
                {
                    subjects[subject] = document;
                }
                else
                {
                    LogNoSubject(name);
                }
            }

            _configured = new Configured(written, subjects.ToImmutable(), version);
            Interlocked.Increment(ref _generation);
        }
    }

    private static long VersionOf(LimitDocument? document, long version, DateTimeOffset now) =>
        document?.LastChange(now) is { } changed ? Math.Max(version, changed.ToUnixTimeMilliseconds()) : version;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    [LoggerMessage(EventId = 5210, Level = LogLevel.Error, Message = "The limits of {Subject} were written by a newer version and cannot be read; until this process is upgraded those from before hold, or one request a day.")]
    private partial void LogUnreadable(string subject);

    [LoggerMessage(EventId = 5211, Level = LogLevel.Error, Message = "GATEWAY_LIMITS: \"{Name}\" breaks the grammar of names and limits nobody.")]
    private partial void LogNoSubject(string name);

    /// <param name="Document">Null: deleted.</param>
    private sealed record LimitRow(LimitDocument? Document, long Version);

    /// <param name="Written">The options' own object, to notice a new one.</param>
    /// <param name="Version">Of the counter that the rows have theirs from.</param>
    private sealed record Configured(object? Written, ImmutableDictionary<string, LimitDocument> Subjects, long Version);
}

/// <param name="Fields">Null: nothing is set.</param>
/// <param name="Version">Rises with every change of what holds.</param>
/// <param name="Until">When it changes by itself; null: never.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EffectiveLimits(LimitFields? Fields, long Version, DateTimeOffset? Until, LimitSource Source);

internal enum LimitSource
{
    None,
    Settings,
    Admin,
}
