using Gateway.Api.Cluster;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authentication.Keys;

/// <summary>
/// How long the keys in memory may be believed. They are confirmed whenever the cluster answers and has no newer version of the keys than
/// this node, and the answer is no echo of a silo that was cut off together with this node: the database can be read here, or that silo knows
/// who the members are. Without that a revocation could have been missed, so after <c>Gateway:Auth:MaxStalenessSeconds</c> known keys are
/// answered with 503 too.
/// </summary>
public sealed class KeysFreshness(ClusterContact contact, IOptions<AuthOptions> options, TimeProvider time)
{
    // Confirmations come with the heartbeat, once a second, and its answer may take another.
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(2);

    private long _confirmedAt = time.GetTimestamp();
    private volatile bool _isExpired;

    /// <summary>Cheap: asked by every request.</summary>
    public bool IsExpired => _isExpired;

    /// <summary>Call once a second.</summary>
    /// <param name="appliedVersion">Every change up to this version is in force on this node.</param>
    /// <param name="areRowsStale">The database cannot be read now.</param>
    public void Check(long appliedVersion, bool areRowsStale)
    {
        var isCutOff = areRowsStale && contact.SinceMembersKnown >= Rhythm;
        if (contact.Silence < Rhythm && !isCutOff && appliedVersion >= contact.KeysVersion)
        {
            _confirmedAt = time.GetTimestamp();
        }

        _isExpired = time.GetElapsedTime(_confirmedAt) > options.Value.MaxStaleness + Rhythm;
    }
}
