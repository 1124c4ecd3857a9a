using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gateway.Abstractions.Manifests;
using Gateway.Silo.Settings.Prices;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Usage.Pricing;

/// <summary>Knows what a request to an entry costs.</summary>
/// <remarks>
/// 1. The entry's own <c>prices</c>, as a whole.
/// 2. The operator's table (<c>GATEWAY_PRICES</c>), by the name sent upstream, then by the public one.
/// 3. The table that comes with the gateway, likewise.
/// 4. Nothing: <see cref="Price.Unknown"/>, and a warning for each model.
/// What was found is kept until the operator's table or a date changes something.
/// </remarks>
public sealed partial class PriceBook(IOptions<PriceOptions> options, TimeProvider time, ILogger<PriceBook> logger)
{
    /// <summary>Names come from the manifest, so that they are few; this bounds a manifest that makes up new ones for ever.</summary>
    private const int MaxKept = 20_000;

    private readonly PriceOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private readonly PriceTable _builtIn = new(BuiltInPrices.Read(), "list");
    private readonly ConditionalWeakTable<TokenPrices, Price> _ofEntries = [];
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);
    private volatile PricesInForce? _inForce;

    /// <summary>Those that hold now. A request keeps them to its end, so that it costs no more than was reserved for it.</summary>
    public PricesInForce InForce
    {
        get
        {
            var now = time.GetUtcNow();
            var document = _options.Document;
            var last = _inForce;
            if (last is not null && ReferenceEquals(last.Operators.Document, document) && now < last.Until && now >= last.At)
            {
                return last;
            }

            var operators = last is not null && ReferenceEquals(last.Operators.Document, document) ? last.Operators : new PriceTable(document, "operator");
            var builtInChange = _builtIn.NextChange(now);
            var change = operators.NextChange(now);
            return _inForce = new PricesInForce(operators, now, change < builtInChange ? change : builtInChange);
        }
    }

    /// <param name="model">As the caller named it.</param>
    public Price Find(PricesInForce prices, ManifestEntry entry, string model)
    {
        if (entry.Prices is { } own)
        {
            return _ofEntries.TryGetValue(own, out var price) ? price : _ofEntries.GetOrAdd(own, EntryPrice.Of(own, entry.Id));
        }

        var names = new PricedNames(entry.Aliases.TryGetValue(model, out var alias) ? alias : model, model);
        if (!prices.Found.TryGetValue(names, out var known))
        {
            known = Find(prices, names);
            if (prices.Found.Count < MaxKept)
            {
                prices.Found.TryAdd(names, known);
            }
        }

        return known;
    }

    /// <summary>The operator refuses requests whose price nobody knows, and this is one.</summary>
    public bool IsDenied(Price price) => !price.IsKnown && _options.UnknownPrice is UnknownPricePolicy.Deny;

    private Price Find(PricesInForce prices, PricedNames names)
    {
        var (upstream, model) = names;
        var price = prices.Operators.Find(upstream, prices.At) ?? prices.Operators.Find(model, prices.At) ?? _builtIn.Find(upstream, prices.At) ?? _builtIn.Find(model, prices.At);
        if (price is null && _warned.Count < MaxKept && _warned.TryAdd(model, true))
        {
            LogUnknown(model, _options.UnknownPrice is UnknownPricePolicy.Deny ? "are refused" : "cost nothing");
        }

        return price ?? Price.Unknown;
    }

    [LoggerMessage(2101, LogLevel.Warning, "No price is known for model {Model}: requests for it {Consequence}. Set GATEWAY_PRICES, or prices of its manifest entry")]
    private partial void LogUnknown(string model, string consequence);
}
