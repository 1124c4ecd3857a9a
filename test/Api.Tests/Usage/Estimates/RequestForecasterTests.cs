using System.Collections.Immutable;
using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Forwarding.Body;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Api.Usage.Estimates;
using Gateway.Api.Usage.Pricing;
using Gateway.Silo.Settings.Prices;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Usage.Estimates;

public sealed class RequestForecasterTests
{
    private const string Body = """{"model":"m","messages":[],"max_tokens":1000,"n":2}""";

    private static readonly int BodyBytes = Encoding.UTF8.GetByteCount(Body);

    private readonly FakeTimeProvider _time = new();
    private readonly PriceOptions _options = new();
    private readonly RequestForecaster _forecaster;

    public RequestForecasterTests() =>
        _forecaster = new RequestForecaster(new PriceBook(Options.Create(_options), _time, NullLogger<PriceBook>.Instance), new UsageHistory(new Random(1)));

    [Fact]
    public void It_holds_for_each_entry_that_may_serve()
    {
        var forecast = Of(Body, Priced("cheap", 1, 2), Priced("dear", 3, 1));

        forecast.Bound.OutputTokens.Should().Be(2000);
        forecast.BoundNanoUsd.Should().Be(Math.Max((BodyBytes * 1000L) + (2000 * 2000), (BodyBytes * 3000L) + (2000 * 1000)));
        forecast.GuessNanoUsd.Should().BeInRange(1, forecast.BoundNanoUsd!.Value);
        forecast.IsDenied.Should().BeFalse();
    }

    [Fact]
    public void Where_nothing_bounds_the_output_there_is_no_bound_of_the_cost() =>
        Of("""{"model":"m","messages":[]}""", Priced("a", 1, 2)).BoundNanoUsd.Should().BeNull();

    [Fact]
    public void Each_model_of_a_fallback_chain_costs_what_it_costs_itself()
    {
        _options.Document = new PriceDocument { Version = "v", Models = PriceDocument.Empty.Models.Add("cheap", Price(1)).Add("dear", Price(5)) };

        var forecast = Of(Body, Candidate(Entries.Live("a"), "cheap"), Candidate(Entries.Live("b"), "dear"));

        forecast.BoundNanoUsd.Should().Be(BodyBytes * 5000L, "the name that was asked for has no price");

        static ImmutableArray<ModelPrice> Price(decimal input) => [new ModelPrice { Rates = new TokenRates { Input = input, Output = 0 } }];
    }

    [Fact]
    public void One_entry_without_a_price_is_enough_to_deny_where_the_operator_does()
    {
        _options.UnknownPrice = UnknownPricePolicy.Deny;

        Of(Body, Priced("a", 1, 2), Candidate(Entries.Live("b"))).IsDenied.Should().BeTrue();
        Of(Body, Priced("a", 1, 2)).IsDenied.Should().BeFalse();
    }

    private RequestForecast Of(string body, params RouteCandidate[] candidates) =>
        _forecaster.Of("user:a", "m", Peek.Accepted(body), Operation.ChatCompletions, Encoding.UTF8.GetByteCount(body), candidates);

    private RouteCandidate Priced(string id, decimal input, decimal output) =>
        Candidate(Entries.Live(id) with { Prices = new TokenPrices { Input = input, Output = output } });

    private RouteCandidate Candidate(ManifestEntry entry, string model = "m") => new()
    {
        Entry = entry,
        Model = model,
        Endpoint = new EndpointState(_time) { Id = entry.Id, Listener = null! },
        Target = UpstreamTarget.Nowhere,
        Serves = true,
    };
}
