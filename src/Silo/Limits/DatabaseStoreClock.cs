using Gateway.Grains.Limits.Clock;
using Gateway.Storage.Clock;

namespace Gateway.Silo.Limits;

internal sealed class DatabaseStoreClock(DatabaseClock clock) : IStoreClock
{
    public async Task<bool> IsOursRightAsync(CancellationToken cancellationToken) => !(await clock.ReadAsync(cancellationToken)).IsTooFarOff;
}
