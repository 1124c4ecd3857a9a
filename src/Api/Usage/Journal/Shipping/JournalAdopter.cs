using System.Collections.Immutable;
using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Ledger;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Takes in the journals of sessions that have ended: this node's own earlier ones, and those that other nodes left.</summary>
public sealed class JournalAdopter(UsageLedger ledger, IOptions<ClusterOptions> cluster, TimeProvider time)
{
    private const int MaxOwnerBytes = 2048;
    private readonly string _cluster = cluster.Value.Id;

    /// <summary>Takes in every journal below <paramref name="folder"/> that no process holds, and deletes what is in the ledger.</summary>
    /// <remarks>The folder may be one session, a journal, a <c>DATA_DIR</c>, or one that holds several of these. Folders that hold anything but a journal's files are left alone.</remarks>
    /// <returns>One that cannot be taken in, and a folder that cannot be entered, is named there and holds up no other.</returns>
    /// <exception cref="StorageUnavailableException">Not all of it was taken in; doing it again is harmless.</exception>
    public async Task<Adoption> AdoptAsync(string folder, CancellationToken cancellationToken)
    {
        var found = new SessionSearch(folder);
        var adoption = found.Closed.Aggregate(new Adoption(), static (adoption, closed) => adoption.WithFailure(closed.Folder, "it cannot be entered. " + closed.Reason));
        foreach (var session in found.Sessions)
        {
            try
            {
                adoption = await AdoptFoundAsync(session, adoption, cancellationToken);
            }
            catch (Exception failure) when (failure is not (StorageUnavailableException or OperationCanceledException))
            {
                adoption = adoption.WithFailure(session, failure.Message);
            }
        }

        return adoption;
    }

    private async Task<Adoption> AdoptFoundAsync(string session, Adoption adoption, CancellationToken cancellationToken)
    {
        if (!SessionFolder.IsJournal(session))
        {
            return SessionFolder.HasSegments(session) ? adoption.WithFailure(session, "it has a journal's segments, but no lock or other files as well") : adoption;
        }

        using var held = SessionFolder.TryLock(session);
        return held is null ? adoption with { InUse = adoption.InUse + 1 } : await AdoptSessionAsync(session, adoption, cancellationToken);
    }

    /// <summary>Null: its usage belongs here.</summary>
    internal string? RefusalOf(JournalOwner owner)
    {
        if (owner.Cluster.Length == 0 || owner.Cluster == _cluster)
        {
            return null;
        }

        var name = string.Concat(owner.Cluster.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_'));
        return $"It is a journal of the cluster '{name}', and this is the cluster '{_cluster}' (CLUSTER_ID).";
    }

    internal async Task<Adoption> AdoptSessionAsync(string folder, Adoption adoption, CancellationToken cancellationToken)
    {
        if (JournalReader.OwnerOf(folder) is not { } owner)
        {
            // Ended before it could begin anything; with more in it than the begin of a first entry it is for people to look at.
            if (SessionFolder.BytesIn(folder) > Frame.HeaderLength + MaxOwnerBytes)
            {
                return adoption.WithFailure(folder, "nothing in it can be read");
            }

            SessionFolder.Delete(folder);
            return adoption;
        }

        if (RefusalOf(owner) is { } refusal)
        {
            return adoption.WithFailure(folder, refusal);
        }

        using var shipper = new SessionShipper(folder, owner, live: null, ledger, time);
        await shipper.CloseAsync(cancellationToken);
        SessionFolder.Delete(folder);
        return adoption with { Sessions = adoption.Sessions + 1, Records = adoption.Records + shipper.Shipped, Damages = adoption.Damages + shipper.Damages };
    }
}

/// <summary>What came of taking journals in.</summary>
public sealed record Adoption
{
    /// <summary>Taken in to their end.</summary>
    public int Sessions { get; init; }

    /// <summary>That went into the ledger now.</summary>
    public long Records { get; init; }

    /// <summary>Left alone: a process holds them.</summary>
    public int InUse { get; init; }

    /// <summary>Places where bytes were no entry, though entries followed or must have followed.</summary>
    public int Damages { get; init; }

    /// <summary>Not taken in and left as they are: each session's path, and why.</summary>
    public ImmutableArray<string> Failures { get; init; } = [];

    internal Adoption WithFailure(string session, string reason) => this with { Failures = Failures.Add($"{session}: {reason}") };
}
