using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Claims;

namespace Gateway.Grains.Limits.Sessions;

/// <summary>What one call was granted, kept until its session says that the call is done.</summary>
internal sealed class CallGrant(long epoch, long grantedAt, ImmutableArray<WindowGrant> grants, ImmutableArray<GrantedUnits> units, int permits)
{
    public long Epoch => epoch;

    /// <summary>Unix milliseconds.</summary>
    public long GrantedAt => grantedAt;

    public ImmutableArray<WindowGrant> Grants => grants;

    /// <summary>Of windows that claim; rates and windows that are gone are not counted.</summary>
    public ImmutableArray<GrantedUnits> Units => units;

    public int PermitsGranted { get; } = permits;

    /// <summary>That still count.</summary>
    public int Permits { get; set; } = permits;
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct GrantedUnits(string WindowId, PeriodBook Period, long Amount);
