using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Api.Usage.Journal.Entries;
using Gateway.Api.Usage.Journal.Files;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Takes in the journals of sessions that have ended: this node's own earlier ones, and those that other nodes left.</summary>
public sealed class JournalAdopter(UsageLedger ledger, TimeProvider time)
{
    private const int MaxDepth = 4;
    private const int MaxOwnerBytes = 2048;

    /// <summary>Takes in every journal below <paramref name="folder"/> that no process holds, and deletes what is in the ledger.</summary>
    /// <remarks>The folder may be one session, a journal, a <c>DATA_DIR</c>, or one that holds several of these. Folders that hold anything but a journal's files are left alone.</remarks>
    /// <returns>One that cannot be taken in is named there, and holds up no other.</returns>
    /// <exception cref="Gateway.Storage.StorageUnavailableException">Not all of it was taken in; doing it again is harmless.</exception>
    public async Task<Adoption> AdoptAsync(string folder, CancellationToken cancellationToken)
    {
        var adoption = new Adoption();
        foreach (var session in Find(folder))
        {
            try
            {
                adoption = await AdoptFoundAsync(session, adoption, cancellationToken);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
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

        using var shipper = new SessionShipper(folder, owner, live: null, ledger, time);
        await shipper.CloseAsync(cancellationToken);
        SessionFolder.Delete(folder);
        return adoption with { Sessions = adoption.Sessions + 1, Records = adoption.Records + shipper.Shipped, Damages = adoption.Damages + shipper.Damages };
    }

    private static string[] Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        if (SessionFolder.IsSession(folder))
        {
            return [folder];
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        string[] found = [.. Directory.EnumerateDirectories(folder, SessionFolder.Pattern, options)];
        Array.Sort(found, StringComparer.Ordinal);
        return found;
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
