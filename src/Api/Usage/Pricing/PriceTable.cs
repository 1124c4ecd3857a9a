using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Silo.Settings.Prices;

namespace Gateway.Api.Usage.Pricing;

/// <summary>A price document, ready to be asked.</summary>
internal sealed class PriceTable
{
    private readonly FrozenDictionary<string, ImmutableArray<Dated>> _byName;
    private readonly ImmutableArray<(string Beginning, ImmutableArray<Dated> Prices)> _byBeginning;

    /// <param name="name">Of the table, in the versions of its prices.</param>
    public PriceTable(PriceDocument document, string name)
    {
        Document = document;
        var prices = document.Models.ToDictionary(model => model.Key, model => Prices(model.Key, model.Value, $"{name}-{document.Version}"), StringComparer.Ordinal);
        var names = prices.Where(model => !model.Key.EndsWith('*'))
            .Concat(document.Aliases.Where(alias => !prices.ContainsKey(alias.Key)).Select(alias => KeyValuePair.Create(alias.Key, prices[alias.Value])));
        _byName = names.ToFrozenDictionary(StringComparer.Ordinal);
        _byBeginning = [.. prices.Where(model => model.Key.EndsWith('*')).Select(model => (model.Key[..^1], model.Value)).OrderByDescending(model => model.Item1.Length)];
    }

    public PriceDocument Document { get; }

    /// <summary>By the first of the <see cref="ModelNames"/> that stands here, else by the longest beginning; null: not here, or not yet.</summary>
    public Price? Find(string model, DateTimeOffset now)
    {
        foreach (var name in ModelNames.Of(model))
        {
            if (_byName.TryGetValue(name, out var prices) && At(prices, now) is { } price)
            {
                return price;
            }
        }

        foreach (var (beginning, prices) in _byBeginning)
        {
            if (model.StartsWith(beginning, StringComparison.Ordinal) && At(prices, now) is { } price)
            {
                return price;
            }
        }

        return null;
    }

    /// <summary>When a price next changes; the end of time: never.</summary>
    public DateTimeOffset NextChange(DateTimeOffset now) =>
        _byName.Values.Concat(_byBeginning.Select(item => item.Prices)).SelectMany(prices => prices)
            .Select(price => price.From).Where(from => from > now).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    private static ImmutableArray<Dated> Prices(string model, ImmutableArray<ModelPrice> prices, string table) =>
        [.. prices.Select(price => new Dated(price.EffectiveFrom, Price.Of(price, $"{table}/{model}{Date(price.EffectiveFrom)}")))];

    private static string Date(DateTimeOffset from) => from == DateTimeOffset.MinValue ? "" : FormattableString.Invariant($"@{from:yyyy-MM-dd}");

    private static Price? At(ImmutableArray<Dated> prices, DateTimeOffset now)
    {
        for (var i = prices.Length - 1; i >= 0; i--)
        {
            if (prices[i].From <= now)
            {
                return prices[i].Price;
            }
        }

        return null;
    }

    private sealed record Dated(DateTimeOffset From, Price Price);
}
