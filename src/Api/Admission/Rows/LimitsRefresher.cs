using System.Threading.Channels;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission.Rows;

/// <summary>Loads the limits at the start and whatever changed whenever the feed says so, and once a second in case a notice was lost.</summary>
internal sealed partial class LimitsRefresher(
    LimitsSnapshot snapshot, ILimitStore store, IOptions<IdentityOptions> identity, TimeProvider time, ILogger<LimitsRefresher> logger) : BackgroundService, ILimitsFollower
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _announcedVersion;
    private bool _isStale;

    /// <summary>Completes when the limits were read for the first time.</summary>
    public Task Loaded => _loaded.Task;

    public void OnLimitsVersion(long limitsVersion)
    {
        for (var known = Volatile.Read(ref _announcedVersion); limitsVersion > known;)
        {
            var seen = Interlocked.CompareExchange(ref _announcedVersion, limitsVersion, known);
            if (seen == known)
            {
                _wake.Writer.TryWrite(true);
                return;
            }

            known = seen;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await RefreshAsync(stoppingToken);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(_wake.Reader.WaitToReadAsync(waiting.Token).AsTask(), Task.Delay(Period, time, waiting.Token));
            await waiting.CancelAsync();
            _wake.Reader.TryRead(out _);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_loaded.Task.IsCompleted)
            {
                await CheckIssuerAsync(cancellationToken);
            }

            await snapshot.RefreshAsync(Volatile.Read(ref _announcedVersion), cancellationToken);
            _loaded.TrySetResult();
            if (_isStale)
            {
                _isStale = false;
                LogRecovered();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception exception) when (exception is not DefaultIssuerChangedException)
        {
            if (!_isStale)
            {
                _isStale = true;
                LogUnavailable(exception is StorageUnavailableException ? exception.Message : exception.ToString());
            }
        }
    }

    private async Task CheckIssuerAsync(CancellationToken cancellationToken)
    {
        var issuer = identity.Value.DefaultIssuer;
        if (await store.FindOtherIssuerAsync(issuer, cancellationToken) is { } other)
        {
            LogIssuerChanged(issuer, other);
            throw new DefaultIssuerChangedException(issuer, other);
        }
    }

    [LoggerMessage(EventId = 5012, Level = LogLevel.Warning, Message = "Limits cannot be read from the database; those already loaded stay in force. {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(EventId = 5013, Level = LogLevel.Information, Message = "Limits can be read from the database again.")]
    private partial void LogRecovered();

    [LoggerMessage(EventId = 5014, Level = LogLevel.Critical, Message = "GATEWAY_DEFAULT_ISSUER: plain names belong to '{Issuer}' now, and limits exist that were set while they belonged to '{Other}'. Set GATEWAY_DEFAULT_ISSUER={Other}, or delete those limits first.")]
    private partial void LogIssuerChanged(string issuer, string other);
}

/// <summary>Ends the process: names in limits would mean other people than those they were set for.</summary>
public sealed class DefaultIssuerChangedException(string issuer, string other)
    : Exception($"GATEWAY_DEFAULT_ISSUER: limits exist that were set while plain names belonged to '{other}'; now they belong to '{issuer}'.");
