using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Limits;

/// <summary>An answer, or null: the state must be written first.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Decision(AcquireAnswer? Answer)
{
    public static Decision NeedsWrite => default;

    public static Decision Answered(AcquireAnswer answer) => new(answer);
}

/// <summary>What one wish gets.</summary>
/// <param name="Rule">Null: the limits do not have the window any more.</param>
/// <param name="Slot">Null: nothing is counted, or only a rate.</param>
/// <param name="IsCovered">A stored state covers it.</param>
/// <param name="Refusal">Null: there is room for the minimum.</param>
internal sealed record WindowShare(WindowWish Wish, WindowRule? Rule, WindowSlot? Slot, long Amount, bool IsCovered, LimitRefusal? Refusal);

[StructLayout(LayoutKind.Auto)]
internal readonly record struct PermitShare(int Amount, bool IsCovered, bool IsRefused);
