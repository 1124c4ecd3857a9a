using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Pricing;

namespace Gateway.Api.Tests.Usage.Pricing;

public sealed class CostProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Gen<long> Rate = Gen.OneOf(Gen.Choose(0, 100).Select(rate => rate * 25_000_000L), Gen.Choose(0, 1000).Select(rate => (long)rate), Gen.Constant(1_000_000_000_000_000L));

    private static readonly Gen<long> Tokens = Gen.OneOf(Gen.Choose(0, 3000).Select(count => (long)count), Gen.Choose(0, 1_000_000_000).Select(count => (long)count));

    private static readonly Gen<Rates> Some =
        from rates in Gen.ArrayOf(Rate, 7)
        select new Rates
        {
            Input = rates[0],
            CachedInput = rates[1],
            CacheWrite = rates[2],
            AudioInput = rates[3],
            Output = rates[4],
            Reasoning = rates[5],
            AudioOutput = rates[6],
        };

    private static readonly Arbitrary<Price> Prices = (
        from standard in Some
        from larger in Some
        from above in Gen.OneOf(Gen.Constant<long?>(null), Gen.Choose(1, 3000).Select(tokens => (long?)tokens))
        select new Price { Version = "v", Standard = standard, LongContextAbove = above, LongContext = larger, Batch = standard }).ToArbitrary();

    private static readonly Arbitrary<TokenUsage> Usages = (
        from counts in Gen.ArrayOf(Tokens, 7)
        select new TokenUsage
        {
            Input = counts[0],
            CachedInput = counts[1],
            CacheWrite = counts[2],
            AudioInput = counts[3],
            Output = counts[4],
            Reasoning = counts[5],
            AudioOutput = counts[6],
        }).ToArbitrary();

    [Fact]
    public void No_usage_within_the_bound_costs_more_than_the_bound() =>
        Prop.ForAll(Usages, Prices, Gen.Zip(Tokens, Tokens).ToArbitrary(), static (usage, price, more) =>
            CostCalculator.CostOf(usage, price) <= CostCalculator.UpperBound(usage.Input + more.Item1, usage.Output + more.Item2, price)).Check(Often);

    [Fact]
    public void Whole_requests_at_one_rate_add_up_to_a_nano_dollar_each() =>
        Prop.ForAll(Usages, Usages, Prices, static (one, other, price) =>
        {
            var flat = new Price { Version = "v", Standard = price.Standard };
            var apart = CostCalculator.CostOf(Plain(one), flat) + CostCalculator.CostOf(Plain(other), flat);
            var together = CostCalculator.CostOf(new TokenUsage { Input = one.Input + other.Input, Output = one.Output + other.Output }, flat);
            return apart - together is 0 or 1;
        }).Check(Often);

    [Fact]
    public void More_tokens_never_cost_less_at_one_rate() =>
        Prop.ForAll(Usages, Prices, Tokens.ToArbitrary(), static (usage, price, more) =>
        {
            var flat = new Price { Version = "v", Standard = price.Standard };
            return CostCalculator.CostOf(usage, flat) <= CostCalculator.CostOf(usage with { Output = usage.Output + more }, flat)
                && CostCalculator.CostOf(Plain(usage), flat) <= CostCalculator.CostOf(Plain(usage) with { Input = usage.Input + more }, flat);
        }).Check(Often);

    [Fact]
    public void No_count_and_no_rate_overflows()
    {
        var dearest = new Rates { Input = long.MaxValue, CachedInput = long.MaxValue, CacheWrite = long.MaxValue, AudioInput = long.MaxValue, Output = long.MaxValue, Reasoning = long.MaxValue, AudioOutput = long.MaxValue };
        var price = new Price { Version = "v", Standard = dearest };
        var usage = new TokenUsage { Input = long.MaxValue, CachedInput = long.MaxValue, Output = long.MaxValue, Reasoning = long.MaxValue };

        CostCalculator.CostOf(usage, price).Should().Be(long.MaxValue);
        CostCalculator.UpperBound(long.MaxValue, long.MaxValue, price).Should().Be(long.MaxValue);
        CostCalculator.CostOf(new TokenUsage { Input = -5, CachedInput = -7, Output = long.MinValue }, price).Should().Be(0);
    }

    private static TokenUsage Plain(TokenUsage usage) => new() { Input = usage.Input, Output = usage.Output };
}
