using System.Runtime.InteropServices;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>Outcomes of the last <see cref="HealthPolicy.Window"/>, in slots of a second.</summary>
internal sealed class OutcomeWindow
{
    private readonly Slot[] _slots = new Slot[(int)HealthPolicy.Window.TotalSeconds];

    public void Add(DateTimeOffset now, long requests, long failures)
    {
        var second = now.ToUnixTimeSeconds();
        ref var slot = ref _slots[(int)(second % _slots.Length)];
        if (slot.Second != second)
        {
            slot = new Slot(second, 0, 0);
        }

        slot = slot with { Requests = slot.Requests + requests, Failures = slot.Failures + failures };
    }

    public bool IsFailing(DateTimeOffset now)
    {
        var newest = now.ToUnixTimeSeconds();
        long requests = 0;
        long failures = 0;
        foreach (var slot in _slots)
        {
            if (slot.Second > newest - _slots.Length && slot.Second <= newest)
            {
                requests += slot.Requests;
                failures += slot.Failures;
            }
        }

        return requests >= HealthPolicy.MinimumOutcomes && failures >= requests * HealthPolicy.FailureRatio;
    }

    public void Clear() => Array.Clear(_slots);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Slot(long Second, long Requests, long Failures);
}
