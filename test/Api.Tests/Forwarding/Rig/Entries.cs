using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding.Rig;

/// <summary>Manifest entries for one model, <c>m</c>.</summary>
internal static class Entries
{
    public const string Model = "m";

    /// <summary>The lower the priority number, the sooner it is tried.</summary>
    public static ManifestEntry At(string url, string id = "a", int priority = 0) => new()
    {
        Id = id,
        Cluster = "metis",
        Framework = "api",
        Status = EntryStatus.Live,
        StatusText = "live",
        Model = "A model",
        Description = "A model",
        Url = url,
        EndpointId = $"account-{id}",
        Experts = [Model],
        LimitGroup = $"account-{id}",
        Priority = priority,
    };

    public static ManifestEntry At(ScriptedUpstream upstream, string id = "a", int priority = 0) => At(upstream.Url, id, priority);

    /// <summary>The first is tried first.</summary>
    public static ManifestEntry[] InOrder(params ScriptedUpstream[] upstreams) =>
        [.. upstreams.Select((upstream, index) => At(upstream, ((char)('a' + index)).ToString(), index))];

    public static ManifestEntry WithTimeouts(this ManifestEntry entry, double? connect = null, double? firstByte = null, double? idle = null, double? total = null)
    {
        var defaults = new UpstreamTimeouts();
        return entry with
        {
            Timeouts = new UpstreamTimeouts
            {
                Connect = Seconds(connect) ?? defaults.Connect,
                FirstByte = Seconds(firstByte) ?? defaults.FirstByte,
                Idle = Seconds(idle) ?? defaults.Idle,
                Total = Seconds(total),
            },
        };
    }

    private static TimeSpan? Seconds(double? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
