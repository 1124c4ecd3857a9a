using System.Collections.Immutable;
using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Sources;

/// <summary>One manifest address with its newest and its last good copy.</summary>
internal sealed class SourceSlot(string name, string location, IManifestFetcher fetcher, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    // A file that is put back may have an older date than the one it replaces: many servers say then that nothing has changed.
    private const int LooksPerDocument = 10;

    private KnownContent? _known;
    private SourceCopy? _newest;
    private SourceCopy? _inForce;
    private DateTimeOffset? _lookedAt;
    private DateTimeOffset? _confirmedAt;
    private string? _lookError;
    private bool _isRefused;
    private long? _beganAt;
    private TimeSpan _period;
    private int _fruitlessLooks;
    private int _looksByDate;

    public string Name { get; } = name;

    public string Location { get; } = location;

    public IManifestFetcher Fetcher { get; } = fetcher;

    /// <summary>From the start of one look to the next. Measured, not read from the clock: that may be set back.</summary>
    public TimeSpan Wait { get; private set; }

    public bool IsDue => _beganAt is not { } began || time.GetElapsedTime(began) >= Wait;

    public ImmutableDictionary<string, ImmutableArray<IPAddress>> Addresses { get; private set; } =
        ImmutableDictionary<string, ImmutableArray<IPAddress>>.Empty;

    public ImmutableArray<UnknownField> UnknownFields { get; private set; } = [];

    public SourceCopies Copies => new(Name, _newest, _inForce);

    public string? Error => _lookError ?? (_isRefused
        ? _inForce is null
            ? "Every entry of the manifest was rejected."
            : "Every entry of the newest manifest was rejected; the one before stays in force."
        : null);

    public DateTimeOffset? ErrorAt { get; private set; }

    public ManifestSourceState Describe() => new()
    {
        Name = Name,
        Location = Location,
        FetchedAt = _confirmedAt,
        LastError = Error,
        LastErrorAt = Error is null ? null : ErrorAt,
    };

    public void Restore(SourceCopy copy)
    {
        _inForce = copy;
        _confirmedAt = copy.FetchedAt;
    }

    public Task<SourceLook> LookAsync(HostResolver hosts, CancellationToken cancellationToken)
    {
        if (_known?.Validators is { ETag: null, LastModified: not null } && ++_looksByDate % LooksPerDocument == 0)
        {
            ForgetValidators();
        }

        return SourceLook.TakeAsync(Fetcher, Name, _known, hosts, cancellationToken);
    }

    /// <summary>The next look asks for the document itself, whatever the source says of changes.</summary>
    public void ForgetValidators() => _known = _known is null ? null : _known with { Validators = CacheValidators.None };

    /// <summary>The period counts from the start of a look. Until there is anything to serve, looks come sooner.</summary>
    public void BeginLook(TimeSpan period)
    {
        var wait = _inForce is null ? FirstRetry * Math.Pow(2, Math.Min(_fruitlessLooks++, 20)) : period;
        Wait = wait < period ? wait : period;
        _period = period;
        _beganAt = time.GetTimestamp();
    }

    public void Take(SourceLook look, DateTimeOffset now)
    {
        switch (look)
        {
            case SourceLook.Failed failed:
                _lookError = failed.Error;
                ErrorAt = now;
                return;
            case SourceLook.Unchanged unchanged:
                _known = unchanged.Content;
                Addresses = unchanged.Addresses;
                break;
            case SourceLook.Changed changed:
                _known = changed.Content;
                Addresses = changed.Addresses;
                UnknownFields = changed.Manifest.UnknownFields;
                _newest = new SourceCopy
                {
                    Source = Name,
                    Location = Location,
                    FetchedAt = now,
                    Entries = changed.Manifest.Entries,
                    Rejected = changed.Manifest.Rejected,
                };
                break;
        }

        _lookError = null;
        _lookedAt = now;
    }

    public void Fail(string error, DateTimeOffset now) => Take(new SourceLook.Failed(error), now);

    /// <summary>Learns what became of its copies.</summary>
    public void Note(AssembledManifest assembled, DateTimeOffset now)
    {
        var wasRefused = _isRefused;
        _isRefused = assembled.RefusedSources.Contains(Name);
        if (_isRefused && !wasRefused)
        {
            ErrorAt = now;
        }

        if (_newest is not null && !_isRefused)
        {
            Wait = _inForce is null ? _period : Wait;
            _inForce = _newest;
            _confirmedAt = _lookedAt;
            _fruitlessLooks = 0;
        }
    }
}
