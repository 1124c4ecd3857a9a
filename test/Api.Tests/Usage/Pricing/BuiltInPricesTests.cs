using Gateway.Api.Usage.Pricing;

namespace Gateway.Api.Tests.Usage.Pricing;

public sealed class BuiltInPricesTests
{
    [Fact]
    public void The_table_is_whole_and_no_price_is_out_of_proportion()
    {
        var document = BuiltInPrices.Read();

        document.Models.Should().HaveCountGreaterThan(30);
        foreach (var (model, prices) in document.Models)
        {
            foreach (var price in prices)
            {
                var rates = Rates.Of(price.Rates);
                rates.Input.Should().BeInRange(1, 200_000_000_000, model);
                rates.CachedInput.Should().BeLessThanOrEqualTo(rates.Input, model);
                rates.CacheWrite.Should().BeLessThanOrEqualTo(2 * rates.Input, model);
                rates.Output.Should().BeInRange(model.Contains("embedding", StringComparison.Ordinal) ? 0 : rates.Input, 10 * rates.Input, model);
                if (price.LongContext is { } larger)
                {
                    Rates.Of(larger).Input.Should().BeGreaterThan(rates.Input, model);
                    Rates.Of(larger).Output.Should().BeGreaterThan(rates.Output, model);
                }

                if (price.Batch is { } batch)
                {
                    Rates.Of(batch).Input.Should().Be(rates.Input / 2, model);
                    Rates.Of(batch).Output.Should().Be(rates.Output / 2, model);
                }
            }
        }
    }
}
