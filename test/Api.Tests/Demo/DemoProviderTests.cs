using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Demo;
using Gateway.Api.Tests.Startup;
using Gateway.Testing;

namespace Gateway.Api.Tests.Demo;

public sealed class DemoProviderTests : IAsyncLifetime
{
    private LoopbackHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await LoopbackHost.StartAsync(_ => { }, new DemoProvider(_ => "north", new FakeTimeProvider()).Map);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Chat_answers_in_openai_shape_with_usage()
    {
        var answer = await PostAsync("chat/completions", """{"model":"demo-chat","messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"two words"}]}]}""");

        answer["object"]!.GetValue<string>().Should().Be("chat.completion");
        answer["choices"]![0]!["message"]!["content"]!.GetValue<string>().Should().Contain("north").And.Contain("two words");
        answer["usage"]!["prompt_tokens"]!.GetValue<int>().Should().Be(2);
        answer["usage"]!["total_tokens"]!.GetValue<int>().Should().BeGreaterThan(2);
    }

    [Theory]
    [InlineData("chat/completions", """{"model":"demo-chat","stream":true,"messages":[{"role":"user","content":"hi"}]}""", false)]
    [InlineData("chat/completions", """{"model":"demo-chat","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""", true)]
    [InlineData("completions", """{"model":"demo-chat","stream":true,"prompt":"hi"}""", false)]
    [InlineData("completions", """{"model":"demo-chat","stream":true,"stream_options":{"include_usage":true},"prompt":"hi"}""", true)]
    public async Task Streams_end_with_their_marker_and_hold_usage_when_asked(string operation, string body, bool usage)
    {
        var text = await PostTextAsync(operation, body);

        text.Should().EndWith("data: [DONE]\n\n").And.Contain("\"finish_reason\":\"stop\"");
        text.Contains("\"usage\":", StringComparison.Ordinal).Should().Be(usage);
        var words = Events(text).Select(data => data["choices"] is JsonArray { Count: > 0 } choices ? (choices[0]!["delta"]?["content"] ?? choices[0]!["text"])?.GetValue<string>() : "");
        string.Concat(words).Should().EndWith("You said: hi");
    }

    [Fact]
    public async Task Responses_answer_and_stream()
    {
        var answer = await PostAsync("responses", """{"model":"demo-chat","input":"hi"}""");
        answer["output"]![0]!["content"]![0]!["text"]!.GetValue<string>().Should().EndWith("You said: hi");
        answer["status"]!.GetValue<string>().Should().Be("completed");

        var events = Events(await PostTextAsync("responses", """{"model":"demo-chat","stream":true,"input":"hi"}""")).ToList();
        events[0]["type"]!.GetValue<string>().Should().Be("response.created");
        events[^1]["type"]!.GetValue<string>().Should().Be("response.completed");
        events[^1]["response"]!["usage"]!["output_tokens"]!.GetValue<int>().Should().BePositive();
        events.Select(item => item["sequence_number"]!.GetValue<int>()).Should().Equal(Enumerable.Range(0, events.Count));
        string.Concat(events.Select(item => item["delta"]?.GetValue<string>())).Should().EndWith("You said: hi");
    }

    [Fact]
    public async Task Embeddings_are_the_same_for_the_same_text()
    {
        var answer = await PostAsync("embeddings", """{"model":"demo-embedding","input":["a","b","a"]}""");

        var vectors = answer["data"]!.AsArray().Select(item => item!["embedding"]!.ToJsonString()).ToList();
        vectors.Should().HaveCount(3);
        vectors[0].Should().Be(vectors[2]).And.NotBe(vectors[1]);
    }

    [Fact]
    public async Task Embeddings_in_base64_are_the_same_numbers_as_little_endian_singles()
    {
        var numbers = await PostAsync("embeddings", """{"model":"demo-embedding","input":"a","encoding_format":"float"}""");
        var text = await PostAsync("embeddings", """{"model":"demo-embedding","input":"a","encoding_format":"base64"}""");

        var bytes = Convert.FromBase64String(text["data"]![0]!["embedding"]!.GetValue<string>());
        var read = Enumerable.Range(0, bytes.Length / sizeof(float)).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float))));
        read.Should().Equal(numbers["data"]![0]!["embedding"]!.AsArray().Select(number => (float)number!.GetValue<double>()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        using var answer = await _host.Clients[0].PostAsync("/v1/chat/completions", new StringContent(body));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private static IEnumerable<JsonNode> Events(string text) => text.Split('\n')
        .Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line["data: ".Length..])!);

    private async Task<JsonNode> PostAsync(string operation, string body) => JsonNode.Parse(await PostTextAsync(operation, body))!;

    private async Task<string> PostTextAsync(string operation, string body)
    {
        using var answer = await _host.Clients[0].PostAsync("/v1/" + operation, new StringContent(body));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }
}
