namespace Gateway.Grains.Manifests.Parsing;

/// <param name="Reason">One of <see cref="RejectionReasons"/>.</param>
/// <param name="Detail">A sentence that says what to do; never holds a value of the manifest that could be a secret.</param>
internal sealed record Rejection(string Reason, string Detail);
