namespace Gateway.Grains.Limits.Clock;

/// <summary>The one clock that all silos share.</summary>
public interface IStoreClock
{
    /// <summary>False: this silo's clock is so far off that its windows would not be those of the others.</summary>
    /// <exception cref="Exception">It cannot be told now.</exception>
    Task<bool> IsOursRightAsync(CancellationToken cancellationToken);
}
