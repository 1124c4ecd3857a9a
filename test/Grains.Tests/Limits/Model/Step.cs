using System.Runtime.InteropServices;

namespace Gateway.Grains.Tests.Limits.Model;

internal enum StepKind
{
    /// <summary>Asks, is answered and begins a request, all undisturbed.</summary>
    Work,
    Ask,
    AskMuch,
    Begin,
    Settle,
    Report,
    Deliver,
    DeliverTwice,
    DeliverNewest,
    Drop,
    Answer,
    DropAnswer,
    Repeat,
    GiveUp,
    Pass,
    PassLong,
    Fault,
    GoOn,
    Outage,
    Crash,
    Close,
    Die,
    ReadJournal,
    SetClock,
}

/// <summary>One thing that happens. The numbers choose among whatever there is at that moment, so that any part of a schedule is a schedule.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Step(StepKind Kind, int Who, int What);
