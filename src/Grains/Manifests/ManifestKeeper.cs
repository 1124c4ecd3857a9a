using System.Collections.Immutable;
using Gateway.Abstractions;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Feed;
using Gateway.Grains.Manifests.Sources;
using Gateway.Grains.Manifests.State;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Manifests;

/// <summary>
/// Keeps the stored state in step with the memory of the manifest grain. Changes that somebody asked for are stored before they hold;
/// what the sources say holds at once and is stored when the storage answers.
/// </summary>
internal sealed class ManifestKeeper(
    IPersistentState<ManifestState> storage, ManifestCatalog catalog, FeedBoard board, NodeRegistry nodes, TimeProvider time, ILogger logger, Action giveUp) : IDisposable
{
    // Versions are given out from a claimed block, so that publishing waits for no storage.
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LowWater = TimeSpan.FromSeconds(30);

    private readonly StateWriter<ManifestState> _writer = new(storage, time, giveUp);
    private bool _isFailing;

    public void Restore()
    {
        catalog.Restore(storage.State);
        nodes.Restore(storage.State.Nodes);
        board.Start(storage.State.VersionCeiling, storage.State.Overrides, storage.State.KeysVersion, storage.State.LimitsVersion);
    }

    /// <summary>
    /// Stores what is not stored yet; a failure is logged once and tried again with the next call. After a change that failed it writes in any
    /// case: the change must not come into force when nobody expects it any more.
    /// </summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var head = Math.Max(board.Version, time.GetUtcNow().ToUnixTimeMilliseconds());
        var needsBlock = storage.State.VersionCeiling < head + (long)LowWater.TotalMilliseconds;
        if (!_writer.IsUncertain && !needsBlock && catalog.IsStored(storage.State) && storage.State.KeysVersion == board.KeysVersion && storage.State.LimitsVersion == board.LimitsVersion
            && storage.State.Nodes.SequenceEqual(nodes.Ids))
        {
            return;
        }

        try
        {
            await _writer.WriteAsync(
                state => catalog.Store(state) with
                {
                    VersionCeiling = needsBlock ? Math.Max(state.VersionCeiling, head + (long)Block.TotalMilliseconds) : state.VersionCeiling,
                    KeysVersion = board.KeysVersion,
                    LimitsVersion = board.LimitsVersion,
                    Nodes = nodes.Ids,
                },
                static () => { },
                cancellationToken);
            if (_isFailing)
            {
                _isFailing = false;
                logger.StoringRecovered();
            }
        }
        catch (StorageUnavailableException problem)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                logger.StoringFailed(problem.Message);
            }
        }
    }

    /// <exception cref="StorageUnavailableException">Not stored, so it does not hold.</exception>
    public Task SetOverridesAsync(Func<ImmutableArray<EndpointOverride>, ImmutableArray<EndpointOverride>> change) =>
        _writer.WriteAsync(
            state => state with { Overrides = change(state.Overrides) },
            () => board.SetOverrides(storage.State.Overrides),
            CancellationToken.None);

    /// <param name="stored">Which may be after it was answered as failed: it must not come into force when nobody expects it any more.</param>
    /// <exception cref="StorageUnavailableException">Not stored, so it does not hold.</exception>
    public Task ApproveAsync(OriginApproval approval, Action stored) => _writer.WriteAsync(
        state => state with { Origins = catalog.OriginsWith(approval) },
        () =>
        {
            catalog.Approve(approval);
            stored();
        },
        CancellationToken.None);

    public void Dispose() => _writer.Dispose();
}
