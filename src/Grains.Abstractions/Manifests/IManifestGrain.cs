using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Nodes;
using Orleans.Concurrency;

namespace Gateway.Abstractions.Manifests;

/// <summary>Owns the manifest and broadcasts it with everything that nodes must agree on. Key: <see cref="Key"/>.</summary>
[Alias("IManifestGrain")]
public interface IManifestGrain : IGrainWithStringKey
{
    public const string Key = "manifest";

    /// <summary>Answers as soon as the feed is newer than <paramref name="sinceVersion"/>, after 10 s at the latest.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:15"), Alias("Watch")]
    Task<ManifestFeed> Watch(long sinceVersion, CancellationToken cancellationToken);

    /// <summary>A node's sign of life; the answer repairs a push that it missed.</summary>
    [AlwaysInterleave, Alias("Heartbeat")]
    Task<HeartbeatAnswer> Heartbeat(NodeHeartbeat heartbeat);

    /// <summary>A silo's sign of life.</summary>
    [AlwaysInterleave, Alias("SiloHeartbeat")]
    Task SiloHeartbeat(SiloHeartbeat heartbeat);

    [AlwaysInterleave, Alias("Describe")]
    Task<ManifestDescription> Describe();

    [AlwaysInterleave, Alias("DescribeNodes")]
    Task<NodeList> DescribeNodes();

    /// <summary>
    /// Fetches every source now; concurrent callers share one fetch. Answers with the manifest in force afterwards, after 40 s at the latest: a
    /// source that was not read by then says so.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:01:00"), Alias("Refresh")]
    Task<ManifestDescription> Refresh(CancellationToken cancellationToken);

    /// <summary>False: there is no such entry.</summary>
    [Alias("SetOverride")]
    Task<bool> SetOverride(EndpointOverride value);

    /// <summary>False: there was none.</summary>
    [Alias("ClearOverride")]
    Task<bool> ClearOverride(string entryId);

    /// <summary>Where the manifest wants the entry's key to go, and where it may go. Null: no such entry, not even a rejected one.</summary>
    [AlwaysInterleave, Alias("DescribeOrigin")]
    Task<EntryOrigin?> DescribeOrigin(string entryId);

    /// <summary>Allows the entry's key to go to this origin. False: the manifest does not name it for this entry.</summary>
    [Alias("ApproveNamedOrigin")]
    Task<bool> ApproveOrigin(string entryId, string origin);

    /// <summary>Merges a verdict into the feed; older ones of the same entry are ignored.</summary>
    [Alias("PublishVerdict")]
    Task PublishVerdict(EndpointVerdict verdict);

    /// <summary>Tells every node to read keys that changed after what it has. Answers with the feed's version.</summary>
    [Alias("KeysChanged")]
    Task<long> KeysChanged(long keysVersion);

    /// <summary>Tells every node to read limits that changed after what it has. Answers with the feed's version.</summary>
    [Alias("LimitsChanged")]
    Task<long> LimitsChanged(long limitsVersion);
}
