using System.Runtime.InteropServices;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Errors;

namespace Gateway.Api.Admission;

/// <summary>What one attempt holds of its entry's account; disposing it frees the permit, and the rates unless they are settled.</summary>
public sealed class AttemptAdmission : IDisposable
{
    private StockReservation? _permit;
    private readonly StockReservation? _units;

    internal AttemptAdmission(StockReservation? permit, StockReservation? units) => (_permit, _units) = (permit, units);

    /// <summary>The account has no limits.</summary>
    internal static AttemptAdmission Free { get; } = new(null, null);

    /// <summary>It holds nothing.</summary>
    public bool IsFree => _permit is null && _units is null;

    /// <summary>The provider must be called before; timestamp.</summary>
    internal long LeaseEnd => Math.Min(_permit?.LeaseEnd ?? long.MaxValue, _units?.LeaseEnd ?? long.MaxValue);

    /// <summary>What the attempt took; a call that reached the provider counts as one request even if it failed.</summary>
    public void Settle(in ActualUse actual) => _units?.Settle(actual);

    public void AddCharges(ICollection<Charge> charges) => _units?.AddCharges(charges);

    /// <summary>The attempt does not begin with what it holds.</summary>
    /// <returns>The permit, which the next one may still use.</returns>
    internal StockReservation? Undo()
    {
        _units?.Release();
        return _permit;
    }

    /// <summary>The attempt has failed: its permit is for the next one.</summary>
    internal StockReservation? TakePermit() => Interlocked.Exchange(ref _permit, null);

    public void Dispose()
    {
        _permit?.Release();
        _units?.Release();
    }
}

/// <summary>Exactly one is set.</summary>
/// <param name="Error">The request is at its end.</param>
/// <param name="FullFor">The entry's account has no room for that long; another entry may have.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AttemptOutcome(AttemptAdmission? Attempt, GatewayError? Error, TimeSpan? FullFor);
