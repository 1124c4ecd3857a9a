using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Api.Usage.Pricing;
using Gateway.Silo.Settings.Prices;
using Gateway.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Usage.Pricing;

public sealed class PriceBookTests : IDisposable
{
    private const long UsdPerMillion = 1_000_000_000;

    private readonly PriceOptions _options = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 31, 23, 59, 0, TimeSpan.Zero));
    private readonly LogCollector _log = new();
    private readonly LoggerFactory _loggers;
    private readonly PriceBook _book;

    public PriceBookTests()
    {
        _loggers = new LoggerFactory([_log]);
        _book = new PriceBook(Options.Create(_options), _time, _loggers.CreateLogger<PriceBook>());
    }

    public void Dispose() => _loggers.Dispose();

    [Theory]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("openai/gpt-4o", "gpt-4o")]
    [InlineData("openai/gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("gpt-4o-2024-05-13", "gpt-4o-2024-05-13")]
    [InlineData("gpt-4o-mini", "gpt-4o-mini")]
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4")]
    [InlineData("claude-3-5-haiku-latest", "claude-3-5-haiku")]
    [InlineData("gpt-35-turbo", "gpt-3.5-turbo")]
    public void A_model_is_found_by_its_name_without_provider_and_date(string model, string expected) =>
        Find(model).Version.Should().MatchRegex($"^list-2025-11\\.[0-9a-f]{{8}}/{expected}$");

    [Theory]
    [InlineData("gpt-4o-turbo")]
    [InlineData("gpt-4o-2024")]
    [InlineData("GPT-4o")]
    [InlineData("my-gpt-4o")]
    [InlineData("-latest")]
    [InlineData("gpt-4o/")]
    [InlineData("/")]
    public void Nothing_else_is_taken_for_a_known_model(string model) => Find(model).Should().BeSameAs(Price.Unknown);

    [Fact]
    public void The_entrys_own_prices_win_as_a_whole_and_name_themselves_by_their_values()
    {
        _options.Document = Parse("""{"models":{"gpt-4o":{"input":7}}}""");
        var entry = Entries.Live("e", "gpt-4o") with { Prices = new TokenPrices { Input = 1, CachedInput = 0.25m } };

        var price = _book.Find(_book.InForce, entry, "gpt-4o");

        price.Standard.Should().Be(new Rates { Input = UsdPerMillion, CachedInput = UsdPerMillion / 4, CacheWrite = UsdPerMillion, AudioInput = UsdPerMillion });
        price.Version.Should().MatchRegex("^entry-[0-9a-f]{8}/e$");
        _book.Find(_book.InForce, entry, "gpt-4o").Should().BeSameAs(price);
        _book.Find(_book.InForce, entry with { Prices = new TokenPrices { Input = 2 } }, "gpt-4o").Version.Should().NotBe(price.Version);
    }

    [Fact]
    public void The_operators_table_wins_over_the_built_in_one_and_the_longest_beginning_counts()
    {
        _options.Document = Parse("""{"version":"site-1","models":{"gpt-4o":{"input":7},"llama-*":{"input":1},"llama-3-*":{"input":2}},"aliases":{"big":"gpt-4o"}}""");

        Find("gpt-4o").Standard.Input.Should().Be(7 * UsdPerMillion);
        Find("gpt-4o").Version.Should().StartWith("operator-site-1.").And.EndWith("/gpt-4o");
        Find("big").Standard.Input.Should().Be(7 * UsdPerMillion);
        Find("llama-2").Standard.Input.Should().Be(UsdPerMillion);
        Find("llama-3-70b").Standard.Input.Should().Be(2 * UsdPerMillion);
        Find("gpt-4o-mini").Version.Should().StartWith("list-");
    }

    [Fact]
    public void The_name_sent_upstream_counts_before_the_public_one()
    {
        var entry = Entries.Live("e", "fast") with { Aliases = Entries.Live("e").Aliases.Add("fast", "gpt-4o-mini").Add("gpt-4o", "deployment-7") };

        _book.Find(_book.InForce, entry, "fast").Version.Should().EndWith("/gpt-4o-mini");
        _book.Find(_book.InForce, entry, "gpt-4o").Version.Should().EndWith("/gpt-4o", "an own name of a deployment says nothing");
    }

    [Fact]
    public void A_price_holds_from_its_date_on_and_before_it_the_one_before()
    {
        _options.Document = Parse(
            """{"models":{"gpt-4o":[{"effective_from":"2026-02-02","input":9},{"effective_from":"2026-02-01","input":8}],"new":{"effective_from":"2026-02-01T00:00:00+00:00","input":1}}}""");

        Find("gpt-4o").Version.Should().StartWith("list-");
        Find("new").Should().BeSameAs(Price.Unknown);
        _time.Advance(TimeSpan.FromMinutes(1));
        Find("gpt-4o").Standard.Input.Should().Be(8 * UsdPerMillion);
        Find("gpt-4o").Version.Should().EndWith("/gpt-4o@2026-02-01");
        Find("new").IsKnown.Should().BeTrue();
        _time.Advance(TimeSpan.FromDays(1));
        Find("gpt-4o").Standard.Input.Should().Be(9 * UsdPerMillion);
    }

    [Fact]
    public void A_new_table_is_in_force_at_once()
    {
        Find("gpt-4o").Version.Should().StartWith("list-");

        _options.Document = Parse("""{"models":{"gpt-4o":{"input":7}}}""");

        Find("gpt-4o").Version.Should().StartWith("operator-");
    }

    [Theory]
    [InlineData(UnknownPricePolicy.Zero, false)]
    [InlineData(UnknownPricePolicy.Deny, true)]
    public void A_model_without_a_price_is_the_operators_decision_and_named_once(UnknownPricePolicy policy, bool denied)
    {
        _options.UnknownPrice = policy;

        var price = Find("who-knows");
        Find("who-knows");
        _options.Document = Parse("""{"models":{}}""");
        Find("who-knows");

        price.Version.Should().Be("unknown");
        _book.IsDenied(price).Should().Be(denied);
        _book.IsDenied(Find("gpt-4o")).Should().BeFalse();
        CostCalculator.UpperBound(1_000_000, 1_000_000, price).Should().Be(0);
        _log.Lines.Should().ContainSingle(line => line.StartsWith("Warning No price is known for model who-knows", StringComparison.Ordinal));
    }

    [Fact]
    public void A_price_that_was_found_once_is_found_again_without_allocating()
    {
        var entry = Entries.Live("e", "gpt-4o");

        Enumerable.Range(0, 5).Select(_ => Measure()).ToArray().Should().EndWith(0L);

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _book.Find(_book.InForce, entry, "gpt-4o");
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private Price Find(string model) => _book.Find(_book.InForce, Entries.Live("e", model), model);

    private static PriceDocument Parse(string text)
    {
        PriceDocumentParser.TryParse(text, out var document, out var problem).Should().BeTrue(problem);
        return document!;
    }
}
