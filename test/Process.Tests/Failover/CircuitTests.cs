using Gateway.Process.Rigs;

namespace Gateway.Process.Failover;

public sealed class CircuitTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task The_circuit_opens_after_failures_and_a_single_probe_closes_it()
    {
        await using var ill = ScriptedUpstream.Start(Replies.Status(500));
        await using var well = ScriptedUpstream.Start(Replies.OpenAi("well"));
        var model = shared.NewModel();
        var ids = await shared.PublishAsync(shared.Entry(ill, model).With("priority", 0), shared.Entry(well, model).With("priority", 1));

        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await shared.Gateway.ChatAsync(model);
                response.StatusCode.Should().Be(HttpStatusCode.OK);
                return response.Header("x-gateway-attempts") == "1";
            },
            "the failing endpoint is left out");
        await Eventually.TrueAsync(async () => await CircuitAsync(ids[0]) == "open", "the circuit shows as open");
        ill.Requests.Count.Should().BeInRange(5, 6);
        ill.ClearRequests();

        var recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ill.Reply = Replies.When(recovered.Task, Replies.OpenAi("well again"));
        var probe = UntilProbedAsync(model, ill);
        await Eventually.TrueAsync(() => !ill.Requests.IsEmpty(), "a probe is tried", TimeSpan.FromSeconds(60));
        for (var request = 0; request < 10; request++)
        {
            using var response = await shared.Gateway.ChatAsync(model);
            (await response.ContentAsync()).Should().Be("well");
        }

        ill.Requests.Should().ContainSingle("only one probe may be under way");
        recovered.SetResult();
        await probe;
        await Eventually.TrueAsync(async () => await CircuitAsync(ids[0]) == "closed", "the probe closes the circuit");
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await shared.Gateway.ChatAsync(model);
                return await response.ContentAsync() == "well again";
            },
            "the endpoint serves again");
    }

    [Fact]
    public async Task When_every_circuit_is_open_requests_go_on_as_if_all_were_closed()
    {
        await using var only = ScriptedUpstream.Start(Replies.Status(500));
        var model = shared.NewModel();
        var ids = await shared.PublishAsync(shared.Entry(only, model));
        await Eventually.TrueAsync(
            async () =>
            {
                (await shared.Gateway.ChatAsync(model)).Dispose();
                return await CircuitAsync(ids[0]) == "open";
            },
            "the circuit opens");

        only.Reply = Replies.OpenAi("back");
        using var response = await shared.Gateway.ChatAsync(model);

        (await response.ContentAsync()).Should().Be("back");
    }

    private async Task UntilProbedAsync(string model, ScriptedUpstream probed)
    {
        while (probed.Requests.IsEmpty())
        {
            using var response = await shared.Gateway.ChatAsync(model);
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private async Task<string?> CircuitAsync(string id)
    {
        var endpoints = await shared.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/endpoints");
        return endpoints["data"]!.AsArray().Single(entry => entry!["id"]!.GetValue<string>() == id)!["circuit"]!.GetValue<string>();
    }
}

internal static class CollectionShorthands
{
    public static bool IsEmpty<T>(this IReadOnlyCollection<T> items) => items.Count == 0;
}
