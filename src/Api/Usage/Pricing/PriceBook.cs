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
    private volatile Found? _found;

    /// <param name="model">As the caller named it.</param>
    public Price Find(ManifestEntry entry, string model)
    {
        if (entry.Prices is { } own)
        {
            return _ofEntries.TryGetValue(own, out var price) ? price : _ofEntries.GetOrAdd(own, EntryPrice.Of(own, entry.Id));
        }

        var found = Current();
        var names = new Names(entry.Aliases.TryGetValue(model, out var alias) ? alias : model, model);
        if (!found.Prices.TryGetValue(names, out var known))
        {
            known = Find(found, names);
            if (found.Prices.Count < MaxKept)
            {
                found.Prices.TryAdd(names, known);
            }
        }

        return known;
    }

    /// <summary>The operator refuses requests whose price nobody knows, and this is one.</summary>
    public bool IsDenied(Price price) => !price.IsKnown && _options.UnknownPrice is UnknownPricePolicy.Deny;

    private Price Find(Found found, Names names)
    {
        var (upstream, model) = names;
        var price = found.Operators.Find(upstream, found.At) ?? found.Operators.Find(model, found.At) ?? _builtIn.Find(upstream, found.At) ?? _builtIn.Find(model, found.At);
        if (price is null && _warned.Count < MaxKept && _warned.TryAdd(model, true))
        {
            LogUnknown(model, _options.UnknownPrice is UnknownPricePolicy.Deny ? "are refused" : "cost nothing");
        }

        return price ?? Price.Unknown;
    }

    private Found Current()
    {
        var now = time.GetUtcNow();
        var document = _options.Document;
        var found = _found;
        if (found is null || !ReferenceEquals(found.Operators.Document, document) || now >= found.Until || now < found.At)
        {
            var operators = found is not null && ReferenceEquals(found.Operators.Document, document) ? found.Operators : new PriceTable(document, "operator");
            var builtInChange = _builtIn.NextChange(now);
            var change = operators.NextChange(now);
            _found = found = new Found(operators, now, change < builtInChange ? change : builtInChange);
        }

        return found;
    }

    [LoggerMessage(2101, LogLevel.Warning, "No price is known for model {Model}: requests for it {Consequence}. Set GATEWAY_PRICES, or prices of its manifest entry")]
    private partial void LogUnknown(string model, string consequence);

    /// <param name="At">When it was made; holds until <paramref name="Until"/>.</param>
    private sealed record Found(PriceTable Operators, DateTimeOffset At, DateTimeOffset Until)
    {
        public ConcurrentDictionary<Names, Price> Prices { get; } = new();
    }

    private readonly record struct Names(string Upstream, string Model);
}
