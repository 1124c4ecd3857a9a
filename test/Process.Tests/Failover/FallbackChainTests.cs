using Gateway.Process.Rigs;

namespace Gateway.Process.Failover;

/// <summary>Names of <c>GATEWAY_MODELS</c>, which is a watched file here.</summary>
public sealed class FallbackChainTests(FallbackChainTests.Rig shared) : IClassFixture<FallbackChainTests.Rig>
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Where_the_first_model_fails_the_next_one_answers_and_is_billed(bool stream)
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var good = ScriptedUpstream.Start();
        var (first, second, name) = (shared.NewModel(), Rig.Priced + shared.NewModel(), shared.NewModel());
        await shared.PublishAsync(shared.Entry(bad, first), shared.Entry(good, second));
        await shared.ChainAsync(name, first, second);

        using var answer = await shared.Gateway.ChatAsync(name, stream);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        await answer.Content.ReadAsStringAsync();
        answer.Header("x-gateway-attempts").Should().Be("2");
        answer.Header("x-gateway-model").Should().Be(name, "it is the caller's word");
        ModelIn(bad).Should().Be(first);
        ModelIn(good).Should().Be(second);
        var record = await Eventually.MatchAsync(
            async () => (await shared.Gateway.AdminJsonAsync(HttpMethod.Get, $"/admin/usage/records?model={name}"))["data"]!.AsArray(),
            records => records.Count == 1,
            "the record has reached the database");
        record[0]!["served_model"]!.GetValue<string>().Should().Be(second);
        record[0]!["cost_usd"]!.GetValue<decimal>().Should().Be(0.01m, "ten tokens at the price of the one that served");
    }

    [Fact]
    public async Task The_name_is_listed_and_what_is_not_allowed_for_every_model_of_it_is_not()
    {
        await using var upstream = ScriptedUpstream.Start();
        var (model, name) = (shared.NewModel(), shared.NewModel());
        await shared.PublishAsync(shared.Entry(upstream, model).With("allowed_groups", new JsonArray("staff")));
        var key = (await shared.Gateway.CreateKeyAsync(new JsonObject { ["name"] = "outsider", ["owner"] = "outsider" }))["key"]!.GetValue<string>();
        await shared.ChainAsync(name, model);

        using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(name), key);
        using var unknown = await shared.Gateway.GetAsync($"/v1/models/{name}", key);

        (await answer.ErrorAsync(HttpStatusCode.Forbidden)).Code().Should().Be("model_not_allowed");
        unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
        upstream.Requests.Should().BeEmpty();
    }

    private static string? ModelIn(ScriptedUpstream upstream) => JsonNode.Parse(upstream.Requests.Single().BodyText)!["model"]?.GetValue<string>();

    public sealed class Rig : SharedGateway
    {
        private readonly TempFolder folder = new();
        private readonly JsonObject chains = [];

        /// <summary>Models whose names begin so cost 1,000 USD for a million tokens of input, others nothing.</summary>
        public const string Priced = "priced-";

        protected override Dictionary<string, string> Environment => new()
        {
            ["GATEWAY_MODELS"] = folder.Write("models.json", "{}"),
            ["GATEWAY_PRICES"] = new JsonObject { ["models"] = new JsonObject { [Priced + "*"] = new JsonArray(new JsonObject { ["input"] = 1_000, ["output"] = 0 }) } }.ToJsonString(),
        };

        /// <summary>Returns once the name is known.</summary>
        public async Task ChainAsync(string name, params string[] models)
        {
            lock (chains)
            {
                chains[name] = new JsonArray([.. models.Select(model => (JsonNode)model)]);
                folder.Write("models.json", chains.ToJsonString());
            }

            await Eventually.TrueAsync(
                async () =>
                {
                    using var answer = await Gateway.GetAsync($"/v1/models/{name}", Gateway.AdminKey);
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                "the file is followed");
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            folder.Dispose();
        }
    }
}
