using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Tests.Limits.Support;

/// <summary>Single messages.</summary>
internal static class Calls
{
    public static SubjectLimits Limits(params WindowLimit[] windows) => new() { Version = 1, Windows = [.. windows] };

    public static AcquireCall Acquire(SubjectLimits limits, string session, long number, long callsDone = 0, int permits = 0) => new()
    {
        Session = session,
        CallNumber = number,
        Limits = limits,
        Wishes = [.. limits.Windows.Select(window => new WindowWish { WindowId = window.Id, Minimum = 1, Desired = 1 })],
        MinimumPermits = permits,
        DesiredPermits = permits,
        Report = Report(session, number, callsDone),
    };

    public static SessionReport Report(string session, long number, long callsDone, long epoch = 0, params PeriodTotal[] totals) =>
        new() { Session = session, Number = number, CallsDone = callsDone, Epoch = epoch, Totals = [.. totals] };
}
