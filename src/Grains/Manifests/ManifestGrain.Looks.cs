using Gateway.Grains.Endpoints;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Sources;

namespace Gateway.Grains.Manifests;

/// <summary>
/// How the grain looks at its sources:
/// (1) a tick a second notices changed files, changed keys and periods that are over; (2) a look reads and parses outside of any turn, one at
/// a time per source; (3) what it found is put together and published in one turn without awaits; (4) storing it, and asking endpoints that
/// came back for their health, follow in the background; (5) endpoints that did not answer are asked again with each tick, and all of them
/// now and then; each tick also tells them what changed about their probes.
/// </summary>
internal sealed partial class ManifestGrain
{
    private async Task OnTickAsync(CancellationToken cancellationToken)
    {
        _membershipReading.Look();
        if (_catalog.Overlay is { } overlay && await overlay.HasChangedAsync(cancellationToken))
        {
            // Before the sources, as it may restrict what they bring; only a hanging file system is not waited for.
            await Task.WhenAny(ApplyOverlayAsync(overlay), Task.Delay(WatchedFile.Patience, _time, cancellationToken));
        }

        if (_catalog.HasOtherKeys || _mustAssembleAgain)
        {
            TryAssemble();
        }

        foreach (var source in _catalog.Sources)
        {
            if (source.IsDue || await source.Fetcher.HasChangedAsync(cancellationToken))
            {
                // Not awaited: a source that hangs holds up neither the others nor the next tick. It observes its own failures.
                _ = Look(source);
            }
        }

        _ = UnlessEndingAsync(_rollCall.TickAsync(_board.Entries.Select(entry => entry.Id), _ending.Token));
        _ = UnlessEndingAsync(_probeOrders.TickAsync(_ending.Token));
        _ = _upstreamChanges.TellAsync();
        await _keeper.CatchUpAsync(cancellationToken);
    }

    // What a file says now comes before what it said before the restart; only a hanging file system is not waited for.
    private async Task LookAtFilesAsync(CancellationToken cancellationToken)
    {
        var looks = Task.WhenAll(_catalog.Sources.Where(source => source.Fetcher.IsLocal).Select(Look));
        if (!looks.IsCompleted)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(looks, Task.Delay(FirstLookAtFiles, _time, patience.Token));
            await patience.CancelAsync();
        }
    }

    // One look at a time per source, whoever asks for it.
    private Task Look(SourceSlot source)
    {
        if (!_looks.TryGetValue(source, out var look) || look.IsCompleted)
        {
            source.BeginLook(_options.RefreshPeriod);
            _looks[source] = look = LookAsync(source);
        }

        return look;
    }

    // Whoever asks for a refresh has just changed the source: a look that the period began may have read it before.
    private async Task LookAfresh(SourceSlot source)
    {
        while (_looks.TryGetValue(source, out var running) && !running.IsCompleted && !_askedFor.Contains(source))
        {
            await running;
        }

        _askedFor.Add(source);
        source.ForgetValidators();
        try
        {
            await Look(source);
        }
        finally
        {
            _askedFor.Remove(source);
        }
    }

    private async Task LookAsync(SourceSlot source)
    {
        try
        {
            // The overlay may restrict what the source brings.
            if (_catalog.Overlay is { WasLookedAt: false } overlay)
            {
                await LookAtOverlay(overlay);
            }

            source.Take(await source.LookAsync(_hosts, _ending.Token), _time.GetUtcNow());
            Assemble();

            // Not awaited: the look is over, and who asks for a refresh from now on gets a new one.
            _ = CatchUpAsync();
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The activation ends; the next one looks again.
        }
        catch (Exception problem)
        {
            _logger.LookFailed(source.Name, problem);
            source.Fail($"Looking at it failed unexpectedly ({problem.GetType().Name}).", _time.GetUtcNow());
            _reporter.ReportSource(source.Describe());
        }
    }

    private async Task ApplyOverlayAsync(OverlaySlot overlay)
    {
        try
        {
            await LookAtOverlay(overlay);
            TryAssemble();
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The activation ends; the next one looks again.
        }
    }

    private Task LookAtOverlay(OverlaySlot overlay)
    {
        if (_overlayLook is null or { IsCompleted: true })
        {
            _overlayLook = overlay.LookAsync(_ending.Token);
        }

        return _overlayLook;
    }

    // Where nobody is there to be told: what is in force stays so, and the next tick tries again.
    private void TryAssemble()
    {
        try
        {
            Assemble();
            _mustAssembleAgain = false;
        }
        catch (Exception problem)
        {
            if (!_mustAssembleAgain)
            {
                _logger.AssemblingFailed(problem);
            }

            _mustAssembleAgain = true;
        }
    }

    // A short turn without awaits: nobody sees a manifest that is half applied.
    private void Assemble()
    {
        var assembled = _catalog.Assemble();
        var diff = ManifestDiff.Between(_board.Entries, assembled.Entries);
        if (!diff.IsEmpty)
        {
            _board.SetEntries(assembled.Entries);
            _upstreamChanges.Add(diff.Changed.Where(change => !change.After.HasSameUpstream(change.Before)).Select(change => change.After.Id));
            _ = _upstreamChanges.TellAsync();
            _ = UnlessEndingAsync(_rollCall.AskAsync([.. diff.Added.Select(entry => entry.Id)], _ending.Token));
        }

        _reporter.Report(diff, _board.Entries, assembled.Rejected, _board.Version);
        foreach (var source in _catalog.Sources)
        {
            _reporter.ReportUnknownFields(source);
        }

        foreach (var state in _catalog.Describe())
        {
            _reporter.ReportSource(state);
        }

        _reporter.ReportUnmatchedOverlay(_catalog.UnmatchedOverlay);
    }

    private async Task CatchUpAsync()
    {
        try
        {
            await _keeper.CatchUpAsync(_ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The activation ends, and stores what is missing then.
        }
    }

    private async Task UnlessEndingAsync(Task asking)
    {
        try
        {
            await asking;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The activation ends; the next one asks again.
        }
    }
}
