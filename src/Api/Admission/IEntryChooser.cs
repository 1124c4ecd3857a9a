using Gateway.Api.Routing;

namespace Gateway.Api.Admission;

/// <summary>The router's choice among the entries that one request may use.</summary>
public interface IEntryChooser
{
    /// <param name="excluded">Entries whose account has no free permit.</param>
    ValueTask<RouteChoice> ChooseAsync(IReadOnlyList<RouteCandidate> excluded, CancellationToken cancellationToken);
}
