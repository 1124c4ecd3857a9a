using Gateway.Process.Rigs;

namespace Gateway.Process.Failover;

public sealed class BalancingTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task Two_live_entries_share_a_thousand_calls_evenly()
    {
        await using var one = ScriptedUpstream.Start();
        await using var two = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(one, model), shared.Entry(two, model));

        await CallAsync(model, 1000);

        one.Requests.Count.Should().BeInRange(450, 550);
        (one.Requests.Count + two.Requests.Count).Should().Be(1000);
    }

    [Fact]
    public async Task Weights_set_the_shares()
    {
        // Alike and slow enough that a busy machine's hiccups do not make one of them look slower than the other.
        await using var heavy = ScriptedUpstream.Start(Replies.After(TimeSpan.FromMilliseconds(20), Replies.OpenAi()));
        await using var light = ScriptedUpstream.Start(Replies.After(TimeSpan.FromMilliseconds(20), Replies.OpenAi()));
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(heavy, model).With("weight", 3), shared.Entry(light, model).With("weight", 1));

        await CallAsync(model, 400);

        heavy.Requests.Count.Should().BeInRange(288, 312);
    }

    [Fact]
    public async Task A_much_slower_endpoint_gets_few_calls()
    {
        await using var fast = ScriptedUpstream.Start(Replies.After(TimeSpan.FromMilliseconds(40), Replies.OpenAi()));
        await using var slow = ScriptedUpstream.Start(Replies.After(TimeSpan.FromMilliseconds(400), Replies.OpenAi()));
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(fast, model), shared.Entry(slow, model));

        await CallAsync(model, 200);

        slow.Requests.Count.Should().BeInRange(1, 29);
    }

    [Fact]
    public async Task The_lower_priority_number_serves_alone_while_it_can()
    {
        await using var first = ScriptedUpstream.Start();
        await using var spare = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(spare, model).With("priority", 5), shared.Entry(first, model).With("priority", 1));

        await CallAsync(model, 50);

        spare.Requests.Should().BeEmpty();
        first.StopListening();
        first.Reply = Replies.Reset();
        await CallAsync(model, 10);
        spare.Requests.Count.Should().Be(10);
    }

    [Fact]
    public async Task Two_entries_of_one_url_each_use_their_own_key_and_fail_alone()
    {
        await using var provider = ScriptedUpstream.Start();
        var model = shared.NewModel();
        var east = shared.Entry(provider, model).With("priority", 0);
        var west = shared.Entry(provider, model).With("priority", 1);
        var eastKey = SharedGateway.KeyOf(east["endpoint_id"]!.GetValue<string>());
        var westKey = SharedGateway.KeyOf(west["endpoint_id"]!.GetValue<string>());
        await shared.PublishAsync(east, west);
        provider.Reply = exchange => exchange.Request["Authorization"] == $"Bearer {eastKey}"
            ? Replies.Status(429, ("Retry-After", "60"))(exchange)
            : Replies.OpenAi()(exchange);

        await CallAsync(model, 10);

        provider.Requests.Count(request => request["Authorization"] == $"Bearer {eastKey}").Should().Be(1, "it cools after its own 429");
        provider.Requests.Count(request => request["Authorization"] == $"Bearer {westKey}").Should().Be(10, "the other account is untouched");
    }

    private async Task CallAsync(string model, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            using var response = await shared.Gateway.ChatAsync(model);
            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }
}
