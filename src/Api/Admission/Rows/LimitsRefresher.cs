using Gateway.Api.Cluster;
using Gateway.Silo.Settings;
using Gateway.Storage.Limits;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Admission.Rows;

/// <summary>Keeps the snapshot of the limits up to date. Before the first of them are read it looks whether their names still mean the same.</summary>
internal sealed partial class LimitsRefresher(
    LimitsSnapshot snapshot, ILimitStore store, IOptions<IdentityOptions> identity, TimeProvider time, ILogger<LimitsRefresher> logger) : RowsRefresher(time), ILimitsFollower
{
    public void OnLimitsVersion(long limitsVersion) => Announce(limitsVersion);

    protected override async Task RefreshAsync(long version, CancellationToken cancellationToken)
    {
        if (!Loaded.IsCompleted)
        {
            await CheckIssuerAsync(cancellationToken);
        }

        await snapshot.RefreshAsync(version, cancellationToken);
    }

    protected override bool IsFatal(Exception exception) => exception is DefaultIssuerChangedException;

    private async Task CheckIssuerAsync(CancellationToken cancellationToken)
    {
        var issuer = identity.Value.DefaultIssuer;
        if (await store.FindOtherIssuerAsync(issuer, cancellationToken) is { } other)
        {
            LogIssuerChanged(issuer, other);
            throw new DefaultIssuerChangedException(issuer, other);
        }
    }

    [LoggerMessage(EventId = 5212, Level = LogLevel.Warning, Message = "Limits cannot be read from the database; those already loaded stay in force. {Reason}")]
    protected override partial void LogUnavailable(string reason);

    [LoggerMessage(EventId = 5213, Level = LogLevel.Information, Message = "Limits can be read from the database again.")]
    protected override partial void LogRecovered();

    [LoggerMessage(EventId = 5214, Level = LogLevel.Critical, Message = "GATEWAY_DEFAULT_ISSUER: plain names belong to '{Issuer}' now, and limits exist that were set while they belonged to '{Other}'. Set GATEWAY_DEFAULT_ISSUER={Other} again, and configure the issuer of that alias again if it is gone; to change it, delete those limits first.")]
    private partial void LogIssuerChanged(string issuer, string other);
}

/// <summary>Ends the process: names in limits would mean other people than those they were set for.</summary>
public sealed class DefaultIssuerChangedException(string issuer, string other)
    : Exception($"GATEWAY_DEFAULT_ISSUER: limits exist that were set while plain names belonged to '{other}'; now they belong to '{issuer}'.");
