using Gateway.Abstractions.Manifests;
using Gateway.Api.Cluster;

namespace Gateway.Api.Admission.Rows;

/// <summary>Tells the other nodes that limits changed. Best effort: nodes also look into the database once a second.</summary>
internal sealed partial class LimitsBroadcast(IGrainFactory grains, GrainCallCounts calls, TimeProvider time, ILogger<LimitsBroadcast> logger)
{
    private static readonly TimeSpan CallBound = TimeSpan.FromMilliseconds(500);

    public async Task AnnounceAsync(long limitsVersion)
    {
        try
        {
            calls.CountBackground();
            await grains.GetGrain<IManifestGrain>(IManifestGrain.Key).LimitsChanged(limitsVersion).WaitAsync(CallBound, time);
        }
        catch (Exception exception)
        {
            LogNotAnnounced(limitsVersion, exception.Message);
        }
    }

    [LoggerMessage(EventId = 5215, Level = LogLevel.Warning, Message = "The change {Version} of the limits could not be announced; nodes find it in the database within a second. {Reason}")]
    private partial void LogNotAnnounced(long version, string reason);
}
