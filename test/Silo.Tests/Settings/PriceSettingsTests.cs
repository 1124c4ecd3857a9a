using Gateway.Silo.Settings.Prices;

namespace Gateway.Silo.Tests.Settings;

public sealed class PriceSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_the_setting_there_is_no_table_and_unknown_models_are_free()
    {
        var prices = SettingsFor.Valid(_home).Prices;

        prices.Document.Models.Should().BeEmpty();
        prices.UnknownPrice.Should().Be(UnknownPricePolicy.Zero);
        SettingsFor.Valid(_home, ("GATEWAY_UNKNOWN_PRICE", "deny")).Prices.UnknownPrice.Should().Be(UnknownPricePolicy.Deny);
        SettingsFor.Problem(_home, ("GATEWAY_UNKNOWN_PRICE", "maybe")).Should().StartWith("GATEWAY_UNKNOWN_PRICE: ");
    }

    [Fact]
    public void Every_field_of_a_price_is_read_and_changes_are_put_in_order()
    {
        var document = SettingsFor.Valid(_home, ("GATEWAY_PRICES",
            """
            {"version":"2026-07","models":{"m":[
              {"effective_from":"2026-07-01","input":2.5,"cached_input":1.25,"cache_write":3,"output":10,"reasoning":11,"audio_input":40,"audio_output":80,
               "long_context":{"above_input_tokens":200000,"input":5,"output":15},"batch":{"input":1,"output":5}},
              {"input":1}]},
             "aliases":{"other":"m"}}
            """)).Prices.Document;

        document.Version.Should().StartWith("2026-07.");
        document.Aliases.Should().Contain("other", "m");
        document.Models["m"].Should().Equal(
            new ModelPrice { Rates = new TokenRates { Input = 1 } },
            new ModelPrice
            {
                EffectiveFrom = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero),
                Rates = new TokenRates { Input = 2.5m, CachedInput = 1.25m, CacheWrite = 3, Output = 10, Reasoning = 11, AudioInput = 40, AudioOutput = 80 },
                LongContext = new TokenRates { Input = 5, Output = 15 },
                LongContextAbove = 200_000,
                Batch = new TokenRates { Input = 1, Output = 5 },
            });
    }

    [Theory]
    [InlineData("{broken")]
    [InlineData("missing.json")]
    [InlineData("""{"model":{}}""")]
    [InlineData("""{"models":[]}""")]
    [InlineData("""{"models":{"m":5}}""")]
    [InlineData("""{"models":{"m":{}}}""")]
    [InlineData("""{"models":{"m":[]}}""")]
    [InlineData("""{"models":{"m":{"input":-1}}}""")]
    [InlineData("""{"models":{"m":{"input":1000001}}}""")]
    [InlineData("""{"models":{"m":{"input":"1"}}}""")]
    [InlineData("""{"models":{"m":{"inputs":1}}}""")]
    [InlineData("""{"models":{"m":{"input":1,"input":2}}}""")]
    [InlineData("""{"models":{"m":{"input":1,"effective_from":"soon"}}}""")]
    [InlineData("""{"models":{"m":[{"input":1},{"input":2}]}}""")]
    [InlineData("""{"models":{"m":{"input":1,"batch":1}}}""")]
    [InlineData("""{"models":{"m":{"input":1,"batch":{"x":1}}}}""")]
    [InlineData("""{"models":{"m":{"input":1,"long_context":{"input":2}}}}""")]
    [InlineData("""{"models":{"m":{"input":1,"long_context":{"above_input_tokens":0}}}}""")]
    [InlineData("""{"models":{"m":{"input":1,"long_context":{"above_input_tokens":"200000"}}}}""")]
    [InlineData("""{"models":{"a*b":{"input":1}}}""")]
    [InlineData("""{"models":{"*":{"input":1}}}""")]
    [InlineData("""{"models":{"":{"input":1}}}""")]
    [InlineData("""{"version":"a b"}""")]
    [InlineData("""{"aliases":{"a":"nowhere"}}""")]
    [InlineData("""{"aliases":{"a":1}}""")]
    public void What_is_not_understood_stops_the_start(string value) =>
        SettingsFor.Problem(_home, ("GATEWAY_PRICES", value)).Should().StartWith("GATEWAY_PRICES: ");

    [Fact]
    public void A_file_is_watched_and_a_broken_one_changes_nothing()
    {
        _home.Write("prices.json", """{"models":{"m":{"input":1}}}""");
        var settings = SettingsFor.Valid(_home, ("GATEWAY_PRICES", "prices.json"));
        var file = settings.WatchedSecrets.Single(watched => watched.Setting == "GATEWAY_PRICES");
        var first = settings.Prices.Document;

        file.Apply("{broken").Should().NotBeNull();
        settings.Prices.Document.Should().BeSameAs(first);
        file.Apply("""{"models":{"m":{"input":2}}}""").Should().BeNull();

        settings.Prices.Document.Models["m"].Single().Rates.Input.Should().Be(2);
        settings.Prices.Document.Version.Should().NotBe(first.Version, "records must tell the two apart");
    }
}
