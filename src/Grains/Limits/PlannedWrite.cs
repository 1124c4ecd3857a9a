using Gateway.Grains.Limits.Claims;
using Gateway.Grains.Limits.Sessions;
using Gateway.Grains.Limits.State;

namespace Gateway.Grains.Limits;

/// <summary>A state to be stored, and what holds once it is.</summary>
internal sealed record PlannedWrite(
    QuotaState State,
    EpochBook Epoch,
    IReadOnlySet<string> Sessions,
    IReadOnlyList<PlannedClaim> Claims,
    List<OpenWindow> Opened,
    IReadOnlyDictionary<SessionBook, int> Permits,
    long? LimitsVersion);

/// <param name="Units">Claimed in all.</param>
internal sealed record PlannedClaim(string WindowId, PeriodBook Period, long Units);
