using Gateway.Process.Rigs;

namespace Gateway.Process.Failover;

public sealed class ActiveProbeTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task An_endpoint_that_is_gone_before_anybody_calls_it_costs_no_request_an_attempt_nor_does_its_return()
    {
        var gone = ScriptedUpstream.Start();
        await using var stays = ScriptedUpstream.Start(Replies.OpenAi("stays"));
        var model = shared.NewModel();
        var ids = await shared.PublishAsync(
            shared.Entry(gone, model).With("priority", 0).With("probe", "tcp"), shared.Entry(stays, model).With("priority", 1));
        await Eventually.TrueAsync(async () => (await EndpointAsync(ids[0]))["last_probe"] is JsonObject probe && probe["failure"] is null, "the endpoint is probed");
        await gone.DisposeAsync();
        await Eventually.TrueAsync(async () => (await EndpointAsync(ids[0]))["circuit"]!.GetValue<string>() == "open", "probes open the circuit");

        await CallAsync(model, expected: "stays");
        await using var back = ScriptedUpstream.Start(Replies.OpenAi("back"), port: gone.Port);

        var answers = new List<string?>();
        await Eventually.TrueAsync(
            async () =>
            {
                answers.Add(await CallAsync(model));
                return answers[^1] == "back";
            },
            "the endpoint serves again",
            TimeSpan.FromSeconds(60));
        answers[..^1].Should().OnlyContain(answer => answer == "stays");
    }

    private async Task<string?> CallAsync(string model, string? expected = null)
    {
        using var response = await shared.Gateway.ChatAsync(model);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Header("x-gateway-attempts").Should().Be("1");
        var content = await response.ContentAsync();
        (expected is null || content == expected).Should().BeTrue($"the answer is {content}");
        return content;
    }

    private Task<JsonNode> EndpointAsync(string id) => shared.Gateway.AdminJsonAsync(HttpMethod.Get, $"/admin/endpoints/{id}");
}
