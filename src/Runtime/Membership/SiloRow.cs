using System.Text.Json.Serialization;

namespace Orleans.Runtime.Membership;

/// <summary>A silo in the membership table. It writes its own row; others only vote in it and declare it dead.</summary>
internal sealed record SiloRow
{
    [JsonConverter(typeof(SiloAddressConverter))]
    public required SiloAddress Address { get; init; }

    /// <summary>Made at process start: tells a silo from its predecessor even where generations are equal.</summary>
    public required string Instance { get; init; }

    public required SiloStatus Status { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Proof that the silo has the cluster's secret.</summary>
    public required string Signature { get; init; }

    /// <summary>Active members that were refused when they dialled it, and when (time of the table).</summary>
    public ImmutableSortedDictionary<string, long> Votes { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>When it was declared dead (time of the table).</summary>
    public long DeadAt { get; init; }

    /// <summary>Whether votes, not its silence, ended it.</summary>
    public bool EndedByVotes { get; init; }

    /// <summary>Not stored with the row, so that a heartbeat changes no version.</summary>
    [JsonIgnore]
    public long Heartbeat { get; init; }

    [JsonIgnore]
    public IPEndPoint Endpoint => Address.Endpoint;

    public static string SignedText(string clusterId, SiloAddress address, string instance, string name) =>
        $"row|{clusterId}|{address.ToParsableString()}|{instance}|{name}";
}
