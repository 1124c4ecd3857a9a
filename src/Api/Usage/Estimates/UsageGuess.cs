using System.Runtime.InteropServices;

namespace Gateway.Api.Usage.Estimates;

/// <summary>What a request will probably use, in tokens: what soft limits reserve.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct UsageGuess(long InputTokens, long OutputTokens);
