using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Sources;

/// <summary>The overlay file with its last good content.</summary>
internal sealed class OverlaySlot(string path, TimeSpan timeout, TimeProvider time)
{
    private readonly WatchedFile _file = new(path, time);

    public OverlayCopy? Copy { get; private set; }

    public string? Error { get; private set; }

    public DateTimeOffset? ErrorAt { get; private set; }

    public bool WasLookedAt { get; private set; }

    public ManifestSourceState Describe() => new()
    {
        Name = "overlay",
        Location = path,
        FetchedAt = Copy?.ReadAt,
        LastError = Error,
        LastErrorAt = ErrorAt,
        IsOverlay = true,
    };

    public void Restore(OverlayCopy? copy) => Copy = copy?.Path == path ? copy : null;

    public Task<bool> HasChangedAsync(CancellationToken cancellationToken) => _file.HasChangedAsync(cancellationToken);

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var parsed = await ReadAsync(cancellationToken);
        WasLookedAt = true;
        Error = parsed.Error is null ? null : $"The overlay cannot be used: {parsed.Error}";
        ErrorAt = Error is null ? null : time.GetUtcNow();
        if (Error is null)
        {
            Copy = new OverlayCopy { Path = path, ReadAt = time.GetUtcNow(), Entries = parsed.Entries };
        }
    }

    private async Task<ParsedOverlay> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _file.ReadAsync(timeout, cancellationToken) switch
            {
                FetchResult.Fresh fresh => await Task.Run(() => OverlayParser.Parse(fresh.Content), cancellationToken),
                FetchResult.Failed failed => ParsedOverlay.Broken(failed.Error),
                _ => ParsedOverlay.Broken("it was not read"),
            };
        }
        catch (TimeoutException)
        {
            return ParsedOverlay.Broken($"it could not be read within {timeout.TotalSeconds:0.###} s.");
        }
    }
}
