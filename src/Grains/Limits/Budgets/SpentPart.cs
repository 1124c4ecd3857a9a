using System.Runtime.InteropServices;

namespace Gateway.Grains.Limits.Budgets;

/// <summary>What was spent in one step of a <see cref="SpendQuestion"/>; where that is not known exactly, a later one.</summary>
/// <param name="Index">From 0; it may lie beyond the end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SpentPart(long Index, long Units);
