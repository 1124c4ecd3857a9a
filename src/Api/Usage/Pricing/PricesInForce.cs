using System.Collections.Concurrent;

namespace Gateway.Api.Usage.Pricing;

/// <summary>The price tables at one time, and what was found in them.</summary>
public sealed class PricesInForce
{
    internal PricesInForce(PriceTable operators, DateTimeOffset at, DateTimeOffset until) => (Operators, At, Until) = (operators, at, until);

    internal PriceTable Operators { get; }

    internal DateTimeOffset At { get; }

    /// <summary>The next price of a later date.</summary>
    internal DateTimeOffset Until { get; }

    internal ConcurrentDictionary<PricedNames, Price> Found { get; } = new();
}

/// <param name="Upstream">As the upstream is told.</param>
/// <param name="Model">As the caller named it.</param>
internal readonly record struct PricedNames(string Upstream, string Model);
