namespace Gateway.Abstractions.Limits;

/// <summary>What a window counts. Money is counted in nano-dollars (10⁻⁹ USD), everything else in pieces.</summary>
public enum LimitUnit
{
    Requests,
    InputTokens,
    OutputTokens,

    /// <summary>Input and output.</summary>
    TotalTokens,
    NanoUsd,
}
