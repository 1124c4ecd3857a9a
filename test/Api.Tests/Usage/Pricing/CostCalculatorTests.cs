using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Pricing;
using Gateway.Silo.Settings.Prices;

namespace Gateway.Api.Tests.Usage.Pricing;

public sealed class CostCalculatorTests
{
    private static readonly Price Full = Price.Of(
        new ModelPrice
        {
            Rates = new TokenRates { Input = 2, CachedInput = 0.5m, CacheWrite = 2.5m, AudioInput = 40, Output = 8, Reasoning = 10, AudioOutput = 80 },
            LongContext = new TokenRates { Input = 4, Output = 12 },
            LongContextAbove = 200_000,
            Batch = new TokenRates { Input = 1, Output = 4 },
        },
        "v");

    [Fact]
    public void Each_kind_has_its_rate_and_each_token_is_charged_once()
    {
        var usage = new TokenUsage { Input = 100, CachedInput = 20, CacheWrite = 30, AudioInput = 10, Output = 50, Reasoning = 15, AudioOutput = 5 };

        CostCalculator.CostOf(usage, Full).Should().Be((20 * 500) + (30 * 2500) + (10 * 40_000) + (40 * 2000) + (15 * 10_000) + (5 * 80_000) + (30 * 8000));
    }

    [Theory]
    [InlineData(200_000, 200_000L * 2000)]
    [InlineData(200_001, 200_001L * 4000)]
    public void A_long_context_raises_the_price_of_the_whole_request(long input, long expected) =>
        CostCalculator.CostOf(new TokenUsage { Input = input }, Full).Should().Be(expected);

    [Fact]
    public void A_batch_has_its_own_rates() =>
        CostCalculator.CostOf(new TokenUsage { Input = 10, CachedInput = 4, Output = 10, Reasoning = 4 }, Full, isBatch: true).Should().Be((10 * 1000) + (10 * 4000));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(13, 1)]
    [InlineData(14, 2)]
    [InlineData(0, 0)]
    public void Parts_of_a_nano_dollar_are_rounded_up_once(long tokens, long expected) =>
        CostCalculator.CostOf(new TokenUsage { Input = tokens }, Price.Of(new ModelPrice { Rates = new TokenRates { Input = 0.000075m } }, "v")).Should().Be(expected);

    [Fact]
    public void Kinds_without_a_price_cost_what_their_whole_costs()
    {
        var rates = Rates.Of(new TokenRates { Input = 3, Output = 15 });

        rates.Should().Be(new Rates
        {
            Input = 3_000_000_000,
            CachedInput = 3_000_000_000,
            CacheWrite = 3_000_000_000,
            AudioInput = 3_000_000_000,
            Output = 15_000_000_000,
            Reasoning = 15_000_000_000,
            AudioOutput = 15_000_000_000,
        });
        Rates.Of(new TokenRates { Input = 1e-10m }).Input.Should().Be(1, "what is finer is rounded up");
        Rates.Of(new TokenRates { CachedInput = 0 }, rates).Should().Be(rates with { CachedInput = 0 });
    }
}
