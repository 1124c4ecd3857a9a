using System.Runtime.InteropServices;

namespace Gateway.Grains.Limits.Claims;

/// <summary>How much of a window is taken, over all epochs.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WindowCount(long Used, long Reserved, long FreeAt)
{
    public long Taken => Used + Reserved;
}
