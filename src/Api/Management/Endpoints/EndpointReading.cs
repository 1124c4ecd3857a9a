using System.Collections.Immutable;
using System.Globalization;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Api.Routing;

namespace Gateway.Api.Management.Endpoints;

/// <summary><c>GET /admin/endpoints[/{id}]</c>.</summary>
public sealed class EndpointReading(Router router, IGrainFactory grains, GrainReads reads, TimeProvider time)
{
    public const int DefaultLimit = 1_000;

    /// <param name="limit">1 to <see cref="DefaultLimit"/>.</param>
    /// <param name="after">Id of the last entry of the page before.</param>
    public async Task<IResult> ListAsync(string? limit, string? after, CancellationToken cancellationToken)
    {
        var size = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > DefaultLimit))
        {
            return new ErrorAnswer(GatewayErrors.BadRequest($"'limit' must be from 1 to {DefaultLimit}.", "limit"));
        }

        if (router.Current is not { } snapshot)
        {
            return new JsonAnswer(new { Data = Array.Empty<EndpointJson>(), HasMore = false, Unavailable = Array.Empty<string>() });
        }

        var ordered = snapshot.Entries.OrderBy(entry => entry.Id, StringComparer.Ordinal)
            .Where(entry => after is null || string.CompareOrdinal(entry.Id, after) > 0);
        var page = ordered.Take(size + 1).ToImmutableArray();
        var hasMore = page.Length > size;
        page = hasMore ? page[..^1] : page;
        var owners = await reads.TryAllAsync(page, Describe, cancellationToken);
        return new JsonAnswer(new
        {
            Data = page.Select((entry, index) => new EndpointView(entry, snapshot, owners[index], time.GetUtcNow()).Row()),
            HasMore = hasMore,
            Unavailable = page.Where((_, index) => owners[index] is null).Select(entry => entry.Id),
        });
    }

    public async Task<IResult> GetAsync(string id, CancellationToken cancellationToken)
    {
        if (router.Current is not { } snapshot || snapshot.Entries.FirstOrDefault(entry => entry.Id == id) is not { } found)
        {
            return new ErrorAnswer(ManagementErrors.EndpointNotFound());
        }

        var owner = await reads.TryAsync(() => Describe(found), cancellationToken);
        return new JsonAnswer(new EndpointView(found, snapshot, owner, time.GetUtcNow()).Detail());
    }

    /// <summary>Also of an entry that is not in the manifest now: it holds again when the entry comes back.</summary>
    public IResult GetOverride(string id)
    {
        var word = router.Current?.Overrides.GetValueOrDefault(id);
        return word is not null ? new JsonAnswer(new { Id = id, Override = OverrideJson.Of(word) })
            : new ErrorAnswer(router.Current?.Endpoints.ContainsKey(id) is true ? ManagementErrors.OverrideNotFound() : ManagementErrors.EndpointNotFound());
    }

    private Task<EndpointDescription> Describe(ManifestEntry entry) => grains.GetGrain<IEndpointGrain>(entry.Id).Describe();
}
