using Gateway.Api.Cluster;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Keeps the snapshot of the keys up to date.</summary>
internal sealed partial class ApiKeyRefresher(ApiKeySnapshot snapshot, TimeProvider time, ILogger<ApiKeyRefresher> logger) : RowsRefresher(time), IKeysFollower, IKeysReadiness
{
    public event Action? VersionApplied;

    public long AppliedVersion => snapshot.AppliedVersion;

    public void OnKeysVersion(long keysVersion) => Announce(keysVersion);

    protected override async Task RefreshAsync(long version, CancellationToken cancellationToken)
    {
        var before = AppliedVersion;
        await snapshot.RefreshAsync(version, cancellationToken);
        if (AppliedVersion > before)
        {
            VersionApplied?.Invoke();
        }
    }

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "API keys cannot be read from the database; those already loaded go on working. {Reason}")]
    protected override partial void LogUnavailable(string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "API keys can be read from the database again.")]
    protected override partial void LogRecovered();
}
