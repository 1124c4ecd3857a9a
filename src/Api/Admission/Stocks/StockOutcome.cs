using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

internal enum StockResult
{
    Granted,
    Refused,

    /// <summary>No silo answered in time.</summary>
    Unreachable,

    /// <summary>The store of claims, or this node's session in it, cannot be relied on now.</summary>
    Unavailable,

    /// <summary>The stock was put away; its successor must be asked.</summary>
    Retired,
}

/// <param name="Reservation">Of a grant.</param>
/// <param name="Refusal">Of a refusal.</param>
/// <param name="Window">The refused window; null: concurrency.</param>
/// <param name="Wait">Until the same is granted if nobody else takes what becomes free; null: not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StockOutcome(StockResult Result, StockReservation? Reservation = null, LimitRefusal? Refusal = null, WindowLimit? Window = null, TimeSpan? Wait = null);

/// <summary>What of a stock a request needs.</summary>
[Flags]
internal enum StockParts
{
    Units = 1,
    Permit = 2,
    All = Units | Permit,

    /// <summary>Who asks for the permit stands in the queue, and asks again until there is one.</summary>
    QueuedPermit = 4 | Permit,

    /// <summary>Who asks had one whose lease has ended before it was used.</summary>
    RenewedPermit = 8 | Permit,
}
