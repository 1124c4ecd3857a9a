using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission;

/// <summary>What a request really took.</summary>
/// <param name="Requests">1: an upstream was reached.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ActualUse(long Requests, long InputTokens, long OutputTokens, long NanoUsd)
{
    /// <summary>Nothing reached an upstream.</summary>
    public static ActualUse None => default;

    public long Of(LimitUnit unit) => unit switch
    {
        LimitUnit.Requests => Requests,
        LimitUnit.InputTokens => InputTokens,
        LimitUnit.OutputTokens => OutputTokens,
        LimitUnit.TotalTokens => Arithmetic.Add(InputTokens, OutputTokens),
        _ => NanoUsd,
    };
}
