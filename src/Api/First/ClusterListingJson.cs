namespace Gateway.Api.First;

/// <summary><c>list-endpoints</c>: clusters, their frameworks, and the models and routes of each.</summary>
public sealed record ClusterListingJson(SortedDictionary<string, ClusterJson> Clusters);

public sealed record ClusterJson(string BaseUrl, SortedDictionary<string, FrameworkJson> Frameworks);

/// <param name="Models">Sorted, each once.</param>
/// <param name="Endpoints">Paths below <c>{base_url}/{framework}</c>.</param>
public sealed record FrameworkJson(IReadOnlyList<string> Models, IReadOnlyList<string> Endpoints);
