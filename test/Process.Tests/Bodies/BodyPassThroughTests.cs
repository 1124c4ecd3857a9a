using Gateway.Process.Rigs;

namespace Gateway.Process.Bodies;

public sealed class BodyPassThroughTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    public static TheoryData<string> Bodies() =>
    [
        """{"messages":[{"role":"user","content":"hi"}],"zeta":1,"alpha":{"nested":[1,2,{"x":null}]},"model":"MODEL"}""",
        """{ "model" : "MODEL" , "messages" : [ ] , "seed" : 123456789012345678901234567890 , "temperature" : 1.0000000000000000001e-7 }""",
        """{"model":"MODEL","messages":[{"role":"user","content":"\u0041\u00e9\ud83d\ude00 \/ \" \\ é 🦜"}],"tag":"a","tag":"b"}""",
        "{\n\t\"model\":\"MODEL\",\r\n\t\"messages\":[{\"content\":\"x\",\"role\":\"user\"}],\n\t\"extra_body\":{\"model\":\"nested\",\"stream\":\"yes\"}\n}\n",
        """{"messages":[],"user":"end-user-7","metadata":{"a":"b"},"chat_template_kwargs":{"enable_thinking":false},"model":"MODEL","max_tokens":5}""",
    ];

    [Theory, MemberData(nameof(Bodies))]
    public async Task The_upstream_gets_the_callers_bytes(string template)
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var body = template.Replace("MODEL", model, StringComparison.Ordinal);

        using var response = await shared.Gateway.PostAsync("/v1/chat/completions", body);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        upstream.Requests.Single().BodyText.Should().Be(body);
    }

    [Theory]
    [InlineData("/v1/completions", """{"model":"MODEL","prompt":[[1,2,3]]}""")]
    [InlineData("/v1/embeddings", """{"model":"MODEL","input":["a","b"]}""")]
    [InlineData("/v1/responses", """{"model":"MODEL","input":"hi"}""")]
    public async Task Other_operations_pass_as_well(string path, string template)
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var body = template.Replace("MODEL", model, StringComparison.Ordinal);

        using var response = await shared.Gateway.PostAsync(path, body);

        response.StatusCode.Should().Be(HttpStatusCode.OK, "the answer is {0}", await response.Content.ReadAsStringAsync());
        upstream.Requests.Single().Target.Should().Be(path);
        upstream.Requests.Single().BodyText.Should().Be(body);
    }

    [Fact]
    public async Task The_upstream_gets_its_own_key_and_none_of_the_callers_headers()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        var entry = shared.Entry(upstream, model);
        await shared.PublishAsync(entry);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Callers.ChatBody(model), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await shared.Gateway.CallerKeyAsync());
        request.Headers.TryAddWithoutValidation("Cookie", "session=secret");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "10.1.2.3");
        request.Headers.TryAddWithoutValidation("X-Custom", "mine");
        request.Headers.TryAddWithoutValidation("OpenAI-Organization", "org-mine");
        request.Headers.TryAddWithoutValidation("User-Agent", "agent/1");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", "idem-1");

        using var response = await shared.Gateway.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var received = upstream.Requests.Single();
        received["Authorization"].Should().Be("Bearer " + SharedGateway.KeyOf(entry["endpoint_id"]!.GetValue<string>()));
        received["Accept-Encoding"].Should().Be("identity");
        received["Idempotency-Key"].Should().Be("idem-1");
        received.Headers.Select(header => header.Key.ToUpperInvariant()).Should()
            .BeSubsetOf(["HOST", "CONTENT-TYPE", "CONTENT-LENGTH", "ACCEPT", "ACCEPT-ENCODING", "AUTHORIZATION", "IDEMPOTENCY-KEY"]);
    }

    [Fact]
    public async Task An_alias_is_the_upstreams_name_in_the_body_and_nothing_else_changes()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, "real-" + model).With("aliases", new JsonObject { [model] = "real-" + model }));
        var body = $$"""{"x":1.0, "model" : "{{model}}" ,"messages":[{"role":"user","content":"{{model}}"}]}""";

        using var response = await shared.Gateway.PostAsync("/v1/chat/completions", body);

        response.StatusCode.Should().Be(HttpStatusCode.OK, "the answer is {0}", await response.Content.ReadAsStringAsync());
        upstream.Requests.Single().BodyText.Should().Be($$"""{"x":1.0, "model" : "real-{{model}}" ,"messages":[{"role":"user","content":"{{model}}"}]}""");
    }
}
