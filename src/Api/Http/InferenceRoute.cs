namespace Gateway.Api.Http;

/// <summary>What the path of an inference request says; the rest is in its body.</summary>
/// <param name="Operation">What is asked for.</param>
/// <param name="Model">From the path, unescaped (Azure-style routes); null: the body names it.</param>
/// <param name="Cluster">Only entries of this cluster may serve it; null: all.</param>
/// <param name="Framework">Only entries of this framework may serve it; null: all.</param>
public readonly record struct InferenceRoute(Operation Operation, string? Model, string? Cluster, string? Framework);
