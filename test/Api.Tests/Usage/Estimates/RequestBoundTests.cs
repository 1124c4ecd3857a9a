using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Http;
using Gateway.Api.Tests.Forwarding.Body;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Api.Usage.Estimates;

namespace Gateway.Api.Tests.Usage.Estimates;

public sealed class RequestBoundTests
{
    private static readonly ManifestEntry Entry = Entries.Live("a");

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":100}""", 100L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_completion_tokens":100}""", 100L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_completion_tokens":100,"max_tokens":30}""", 100L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_completion_tokens":100,"max_tokens":null}""", 100L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":100,"n":3}""", 300L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":1e2,"n":3.0}""", 300L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":100,"n":null}""", 100L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":100,"n":-4}""", 100L)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":9223372036854775807,"n":128}""", long.MaxValue)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":-1}""", null)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":0}""", null)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_completion_tokens":100,"max_tokens":-1}""", null)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_output_tokens":100}""", null)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[]}""", null)]
    [InlineData(Operation.Completions, """{"model":"m","prompt":"a","max_tokens":10,"n":2,"best_of":5}""", 50L)]
    [InlineData(Operation.Completions, """{"model":"m","prompt":["a","b","c"],"max_tokens":10,"n":2}""", 60L)]
    [InlineData(Operation.Completions, """{"model":"m","prompt":[1,2,3],"max_tokens":10}""", 10L)]
    [InlineData(Operation.Completions, """{"model":"m","prompt":[[1,2],[3]],"max_tokens":10}""", 20L)]
    [InlineData(Operation.Completions, """{"model":"m","prompt":[],"max_tokens":10}""", 10L)]
    [InlineData(Operation.Responses, """{"model":"m","max_output_tokens":10,"n":7}""", 10L)]
    [InlineData(Operation.Responses, """{"model":"m","max_tokens":10}""", null)]
    [InlineData(Operation.Embeddings, """{"model":"m","input":["a","b"],"max_tokens":10,"n":7}""", 0L)]
    public void The_output_is_bounded_by_the_cap_of_every_answer(Operation operation, string body, long? expected) =>
        Of(body, operation, Entry).OutputTokens.Should().Be(expected);

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"n":2}""", 1000L, true)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":900}""", 900L, false)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"max_tokens":-1}""", 500L, true)]
    [InlineData(Operation.Embeddings, """{"model":"m","input":"a"}""", 0L, false)]
    public void The_entrys_cap_stands_in_for_the_bodys(Operation operation, string body, long expected, bool spliced)
    {
        var bound = Of(body, operation, Entry with { MaxOutputTokens = 500 });

        (bound.OutputTokens, bound.CapIsToBeSpliced).Should().Be((expected, spliced));
    }

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[{"content":"text with \"image_url\" and image_url"}]}""", 0)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[{"content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}},{"type":"text","text":"?"}]}]}""", 1)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[{"content":[{"image_url":{"url":"a"}},{"\u0069mage_url":{"url":"b"}}]},{"content":[{"type":"file","file":{"file_id":"f"}}]}]}""", 3)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[{"role":"assistant","audio":{"id":"audio_1"}},{"content":[{"input_audio":{"data":"AAAA"}}]}]}""", 2)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[{"content":"\ud800 half a pair","\ud800mage_url":"\ud800tem_reference"}]}""", 0)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"tools":[{"function":{"parameters":{"properties":{"image_url":{}}}}}]}""", 0)]
    [InlineData(Operation.Responses, """{"model":"m","input":[{"content":[{"type":"input_image","image_url":"https://x"},{"type":"input_file","file_url":"https://y"}]},{"type":"item_reference","id":"msg"}]}""", 3)]
    [InlineData(Operation.Responses, """{"model":"m","input":"hi","previous_response_id":"r","conversation":{"id":"c"},"prompt":{"id":"p"}}""", 3)]
    [InlineData(Operation.Responses, """{"model":"m","input":"hi","tools":[{"type":"file_search","vector_store_ids":["vs_1"]},{"type":"function","name":"f","parameters":{"type":"object"}},{"name":"g","type":"custom"},{"type":"web_search"}]}""", 2)]
    [InlineData(Operation.Responses, """{"model":"m","input":"hi","tools":[{"type":"function","type":"mcp"},{"type":"mcp","type":"function"},{"\u0074ype":"func\u0074ion"},{},"mcp",[{"type":"function"}]]}""", 5)]
    [InlineData(Operation.Responses, """{"model":"m","input":"hi","tools":[{"type":"local_shell"},{"type":"apply_patch"},{"type":"computer_use_preview"},{"type":"computer"},{"type":"shell"}]}""", 1)]
    [InlineData(Operation.Responses, """{"model":"m","input":"hi","tools":null}""", 0)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"web_search_options":{}}""", 1)]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[],"web_search_options":null,"tools":[{"type":"function"}]}""", 0)]
    [InlineData(Operation.Responses, """{"model":"m","input":"hi","previous_response_id":null,"conversation":null}""", 0)]
    public void The_input_is_a_token_a_byte_and_extra_for_each_part_whose_bytes_say_nothing(Operation operation, string body, int parts) =>
        Of(body, operation, Entry with { InputExtraTokens = 2000 }).InputTokens.Should().Be(Encoding.UTF8.GetByteCount(body) + (2000 * parts));

    [Theory]
    [InlineData(Operation.ChatCompletions, 20)]
    [InlineData(Operation.Completions, 58)]
    public void In_chat_no_input_exceeds_the_context_window(Operation operation, long expected) =>
        Of("""{"model":"m","messages":[],"prompt":["aaaaaaaaa","bbbbb"]}""", operation, Entry with { ContextWindow = 20 })
            .InputTokens.Should().Be(expected);

    [Theory]
    [InlineData("max_tokens", "\"100\"")]
    [InlineData("max_tokens", "10.5")]
    [InlineData("max_completion_tokens", "true")]
    [InlineData("max_output_tokens", "{}")]
    [InlineData("n", "[1]")]
    [InlineData("best_of", "\"2\"")]
    public void A_bound_that_some_upstream_might_read_otherwise_is_refused(string field, string value)
    {
        var error = Peek.Refused($$"""{"model":"m","messages":[],"{{field}}":{{value}}}""");

        (error.Param, error.Code).Should().Be((field, "invalid_type"));
    }

    [Fact]
    public void What_covers_two_entries_covers_each()
    {
        const string body = """{"model":"m","messages":[{"image_url":"u"}]}""";
        var small = Of(body, Operation.ChatCompletions, Entry with { MaxOutputTokens = 500, InputExtraTokens = 10 });
        var large = Of(body, Operation.ChatCompletions, Entry with { MaxOutputTokens = 700, InputExtraTokens = 1 });
        var open = Of(body, Operation.ChatCompletions, Entry);

        RequestBound.Covering(small, large).Should().Be(small with { OutputCap = 700 });
        RequestBound.Covering(small, open).OutputTokens.Should().BeNull();
    }

    [Theory]
    [InlineData(1000, 500L)]
    [InlineData(1500, 500L)]
    [InlineData(999, 499L)]
    [InlineData(32, 16L)]
    [InlineData(31, null)]
    [InlineData(0, null)]
    public void An_affordable_cap_is_shared_among_the_answers_and_never_useless(long affordable, long? cap) =>
        Of("""{"model":"m","messages":[],"n":2,"max_tokens":500}""", Operation.ChatCompletions, Entry).CappedTo(affordable)?.OutputCap.Should().Be(cap);

    [Fact]
    public void Where_nothing_bounds_the_output_the_affordable_cap_does()
    {
        var bound = Of("""{"model":"m","messages":[],"n":4}""", Operation.ChatCompletions, Entry).CappedTo(4_000);

        bound!.Value.OutputTokens.Should().Be(4_000);
        bound.Value.CapIsToBeSpliced.Should().BeTrue();
    }

    private static RequestBound Of(string body, Operation operation, ManifestEntry entry) =>
        RequestBound.Of(Peek.Accepted(body, operation), operation, Encoding.UTF8.GetByteCount(body), entry);
}
