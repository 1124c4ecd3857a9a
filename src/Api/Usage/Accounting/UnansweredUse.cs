using Gateway.Abstractions.Usage;
using Gateway.Api.Routing;

namespace Gateway.Api.Usage.Accounting;

/// <summary>What an attempt used that gave the caller nothing; paid if no attempt answers.</summary>
/// <param name="Candidate">Whose prices made the cost.</param>
/// <param name="WasNotHeardOut">Nobody waited for the end; the usage is what was reserved unless the provider had told one.</param>
internal sealed record UnansweredUse(RouteCandidate Candidate, TokenUsage Usage, long CostNanoUsd, string PriceVersion, bool WasNotHeardOut);
