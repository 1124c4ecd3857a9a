using System.Runtime.InteropServices;

namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>What a request takes of a window: of a soft one whatever there is of its guess, as long as there is something.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Need(long Least, long Most)
{
    public static implicit operator Need(long amount) => new(amount, amount);
}
