using System.Runtime.InteropServices;

namespace Gateway.Grains.Limits.Claims;

/// <summary>How much of a window is taken, over all epochs.</summary>
[StructLayout(LayoutKind.Auto)]
/// <param name="Granted">What sessions were granted as far as it is known; the rest an earlier activation may have granted or not.</param>
internal readonly record struct WindowCount(long Used, long Reserved, long Granted, long FreeAt)
{
    public long Taken => Used + Reserved;
}
