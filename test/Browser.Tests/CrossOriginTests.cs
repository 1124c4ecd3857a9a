using Gateway.Browser.Rigs;

namespace Gateway.Browser;

/// <summary>What a real browser lets pages do with the gateway.</summary>
public sealed class CrossOriginTests : IAsyncLifetime
{
    private CrossOriginGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await CrossOriginGateway.StartAsync();

    // Null when the rig skipped the test.
    public ValueTask DisposeAsync() => gateway?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_page_of_an_allowed_origin_reads_a_stream_while_it_comes()
    {
        var live = new LiveStream();
        gateway.Upstream.Reply = live.Reply;
        var running = gateway.Friend.RunAsync($$"""
            const response = await {{await gateway.FetchChatAsync(stream: true)}};
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            let text = '';
            for (;;) {
              const {done, value} = await reader.read();
              if (done) { break; }
              if (!text.includes('first') && (text + value).includes('first')) { await say('first'); }
              text += value;
            }
            return {status: response.status, type: response.headers.get('content-type'), text};
            """);

        live.Head().Send(OpenAiBodies.Delta("first"));
        await gateway.Friend.SaidAsync("first");
        live.Send(OpenAiBodies.Delta("last")).Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();

        var result = await running;
        result["status"]!.GetValue<int>().Should().Be(200, "the page says {0}", result.ToJsonString());
        result["type"]!.GetValue<string>().Should().StartWith("text/event-stream");
        result["text"]!.GetValue<string>().Should().Contain("last").And.EndWith(OpenAiBodies.Done);
    }

    [Fact]
    public async Task It_reads_the_gateways_headers_and_errors()
    {
        gateway.Upstream.Reply = Replies.Json(200, OpenAiBodies.Chat(CrossOriginGateway.Model), ("x-request-id", "upstream-1"));

        var result = await gateway.Friend.RunAsync($$"""
            const answer = await {{await gateway.FetchChatAsync(stream: false)}};
            const refused = await {{await gateway.FetchChatAsync(stream: false, key: "wrong")}};
            return {names: [...answer.headers.keys()], refused: refused.status, code: (await refused.json()).error.code, refusedNames: [...refused.headers.keys()]};
            """);

        result["names"]!.AsArray().Select(name => name!.GetValue<string>()).Should().Contain(
            ["x-request-id", "x-gateway-request-id", "x-gateway-attempts", "x-gateway-overhead-ms", "x-gateway-model", "openai-processing-ms", "x-upstream-request-id"],
            "the page says {0}", result.ToJsonString());
        result["refused"]!.GetValue<int>().Should().Be(401);
        result["code"]!.GetValue<string>().Should().Be("invalid_api_key");
        result["refusedNames"]!.AsArray().Select(name => name!.GetValue<string>()).Should().Contain("x-request-id");
    }

    [Fact]
    public async Task A_page_of_another_origin_gets_nothing_and_nothing_is_called()
    {
        await using var stranger = await PageServer.StartAsync();

        var result = await stranger.RunAsync($$"""
            const answer = await {{await gateway.FetchChatAsync(stream: false)}};
            return {status: answer.status};
            """);

        result["failed"]?.GetValue<string>().Should().Be("TypeError", "the page says {0}", result.ToJsonString());
        gateway.Upstream.Requests.Should().BeEmpty("the preflight was refused");
    }

    [Fact]
    public async Task Operators_routes_are_for_no_page_at_all()
    {
        var result = await gateway.Friend.RunAsync($$"""
            const outcome = {};
            const key = 'Bearer {{gateway.Process.AdminKey}}';
            for (const path of ['/admin/keys', '/ADMIN/keys', '/%61dmin/keys', '/admin/cluster', '/openapi/v1.json', '/metrics']) {
              outcome[path] = [];
              for (const headers of [ {}, {'Authorization': key} ]) {
                try { outcome[path].push((await fetch('{{gateway.Process.Origin}}' + path, {headers})).status); } catch (problem) { outcome[path].push(problem.name); }
              }
            }
            const allowed = {'Authorization': 'Bearer {{await gateway.Process.CallerKeyAsync()}}'};
            outcome.models = (await fetch('{{gateway.Process.Origin}}/v1/models', {headers: allowed})).status;
            return outcome;
            """);

        var outcome = result.AsObject();
        outcome["models"]!.GetValue<int>().Should().Be(200, "the page says {0}", result.ToJsonString());
        outcome.Remove("models");
        outcome.Should().HaveCount(6).And.AllSatisfy(path => path.Value!.ToJsonString().Should().Be("""["TypeError","TypeError"]""", "{0} answers no page", path.Key));
    }
}
