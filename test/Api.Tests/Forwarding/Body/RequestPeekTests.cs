using System.Text;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Forwarding.Body;

public sealed class RequestPeekTests
{
    [Fact]
    public void Model_and_stream_are_read_wherever_they_stand()
    {
        var request = Peek.Accepted("""{"x":{"model":"no","stream":true},"messages":[{"model":1}],"stream":true,"model":"gpt-4"}""");

        request.Model.Should().Be("gpt-4");
        request.Stream.Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"model":"m","prompt":["a","b","c"]}""", 3)]
    [InlineData("""{"model":"m","prompt":["a","b","c"],"prompt":"x"}""", 3)]
    [InlineData("""{"model":"m","prompt":"x","prompt":["a","b","c"]}""", 3)]
    [InlineData("""{"model":"m","prompt":"x","Prompt":["a","b","c"]}""", 3)]
    [InlineData("""{"model":"m","prompt":"x","PROMPT":["a","b","c"],"pr\u006fmpt":["a"]}""", 3)]
    [InlineData("""{"model":"m","prompt":[1,2,3]}""", 1)]
    public void Whichever_prompts_an_upstream_reads_they_are_counted(string body, int prompts) =>
        Peek.Accepted(body, Operation.Completions).Prompts.Should().Be(prompts);

    [Theory]
    [InlineData("""{"model":"m","messages":[],"Messages":[{"content":[{"image_url":"u"}]}]}""", Operation.ChatCompletions)]
    [InlineData("""{"model":"m","meſſages":[{"content":[{"image_url":"u"}]}],"messages":[]}""", Operation.ChatCompletions)]
    [InlineData("""{"model":"m","Input":[{"content":[{"image_url":"u"}]}],"input":"x"}""", Operation.Responses)]
    public void References_count_under_every_name_that_an_upstream_may_read(string body, Operation operation) =>
        Peek.Accepted(body, operation).References.Should().Be(1);

    [Theory]
    [InlineData("""{"model":"m","background":true}""")]
    [InlineData("""{"model":"m","background":false,"Background":true}""")]
    [InlineData("""{"model":"m","back\u0067round":"true"}""")]
    public void Responses_that_nobody_waits_for_are_refused(string body) => Peek.Refused(body, Operation.Responses).Param.Should().Be("background");

    [Theory]
    [InlineData("""{"model":"m","background":false,"input":"x"}""", Operation.Responses)]
    [InlineData("""{"model":"m","background":null}""", Operation.Responses)]
    [InlineData("""{"model":"m","messages":[],"background":true}""", Operation.ChatCompletions)]
    public void Where_somebody_waits_background_is_no_field_of_ours(string body, Operation operation) => Peek.Accepted(body, operation).Model.Should().Be("m");

    [Fact]
    public void Only_the_documented_name_is_input()
    {
        Peek.Refused("""{"model":"m","Prompt":"x"}""", Operation.Completions).Param.Should().Be("prompt");
        Peek.Refused("""{"model":"m","Messages":[]}""").Param.Should().Be("messages");
    }

    [Theory]
    [InlineData("""{"model":"a\/b","messages":[]}""", "a/b")]
    [InlineData("""{"model":"\u0067pt","messages":[]}""", "gpt")]
    [InlineData("""{"mo\u0064el":"gpt","messages":[]}""", "gpt")]
    [InlineData("""{"model":"gpt é","messages":[]}""", "gpt é")]
    public void Escapes_are_understood(string body, string model) => Peek.Accepted(body).Model.Should().Be(model);

    [Theory]
    [InlineData("""{"\ud800 a name of some length":1,"model":"gpt","messages":[]}""")]
    [InlineData("""{"mess\udc00ages":1,"model":"gpt","messages":[]}""")]
    [InlineData("""{"model":"gpt","mo\ud83del":1,"messages":[],"stream_options":{"include_\ud800usage":1}}""")]
    public void Half_of_a_surrogate_pair_in_a_name_is_nobodys_field(string body) => Peek.Accepted(body).Model.Should().Be("gpt");

    [Theory]
    [InlineData("""{"model":"m","messages":[],"stream":false}""", false)]
    [InlineData("""{"model":"m","messages":[],"stream":null}""", false)]
    [InlineData("""{"model":"m","messages":[]}""", false)]
    [InlineData("""{"model":"m","messages":[],"stream":true}""", true)]
    public void Stream_is_true_only_when_it_says_so(string body, bool stream) => Peek.Accepted(body).Stream.Should().Be(stream);

    [Theory]
    [InlineData("""{"messages":[]}""", "model")]
    [InlineData("""{"model":"","messages":[]}""", "model")]
    [InlineData("""{"model":null,"messages":[]}""", "model")]
    [InlineData("""{"model":7,"messages":[]}""", "model")]
    [InlineData("""{"model":["m"],"messages":[]}""", "model")]
    [InlineData("""{"model":"\ud800","messages":[]}""", "model")]
    [InlineData("""{"model":"m","messages":[],"stream":"true"}""", "stream")]
    [InlineData("""{"model":"m","messages":[],"stream":1}""", "stream")]
    [InlineData("""{"model":"m","messages":[],"stream":{}}""", "stream")]
    [InlineData("""{"model":"m","messages":[],"stream_options":true}""", "stream_options")]
    [InlineData("""{"model":"m","messages":[],"stream_options":[]}""", "stream_options")]
    [InlineData("""{"model":"m","messages":[],"stream_options":{"include_usage":1}}""", "stream_options.include_usage")]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData("""{"model":"m","messages":"hi"}""", "messages")]
    [InlineData("""{"model":"m","messages":{}}""", "messages")]
    [InlineData("""{"model":"m","messages":[{},"hi"]}""", "messages")]
    [InlineData("""{"model":"m","messages":[[]]}""", "messages")]
    [InlineData("""{"model":"m","messages":null}""", "messages")]
    public void A_wrong_type_is_refused_by_the_name_of_its_parameter(string body, string param) =>
        Peek.Refused(body).Param.Should().Be(param);

    [Theory]
    [InlineData(Operation.Completions, """{"model":"m"}""", "prompt")]
    [InlineData(Operation.Embeddings, """{"model":"m"}""", "input")]
    [InlineData(Operation.Embeddings, """{"model":"m","input":"x","stream":true}""", "stream")]
    public void Each_operation_needs_its_own_input(Operation operation, string body, string param) =>
        Peek.Refused(body, operation).Param.Should().Be(param);

    [Theory]
    [InlineData(Operation.Completions, """{"model":"m","prompt":[[1,2]]}""")]
    [InlineData(Operation.Embeddings, """{"model":"m","input":["a"],"stream":false}""")]
    [InlineData(Operation.Responses, """{"model":"m"}""")]
    public void What_the_operation_needs_is_enough(Operation operation, string body) => Peek.Accepted(body, operation).Model.Should().Be("m");

    [Theory]
    [InlineData("""{"model":"a","model":"b","messages":[]}""", "model")]
    [InlineData("""{"model":"a","mod\u0065l":"b","messages":[]}""", "model")]
    [InlineData("""{"model":"a","Model":"b","messages":[]}""", "model")]
    [InlineData("""{"MODEL":"b","messages":[]}""", "model")]
    [InlineData("""{"model":"a","messages":[],"stream":false,"stream":true}""", "stream")]
    [InlineData("""{"model":"a","messages":[],"ſtream":true}""", "stream")]
    [InlineData("""{"model":"a","messages":[],"\u017ftream":true}""", "stream")]
    [InlineData("""{"model":"a","messages":[],"max_to\u212aens":1}""", "max_tokens")]
    [InlineData("""{"model":"a","messages":[],"max_tokens":1,"max_tokens":2}""", "max_tokens")]
    [InlineData("""{"model":"a","messages":[],"Max_Completion_Tokens":1}""", "max_completion_tokens")]
    [InlineData("""{"model":"a","messages":[],"max_output_tokens":1,"max_output_tokens":1}""", "max_output_tokens")]
    [InlineData("""{"model":"a","messages":[],"n":1,"N":2}""", "n")]
    [InlineData("""{"model":"a","messages":[],"previous_response_id":"x","previous_response_id":"y"}""", "previous_response_id")]
    [InlineData("""{"model":"a","messages":[],"stream_options":{},"stream_options":null}""", "stream_options")]
    [InlineData("""{"model":"a","messages":[],"stream_options":{"include_usage":true,"Include_Usage":false}}""", "stream_options.include_usage")]
    [InlineData("""{"model":"a","messages":[],"stream_options":{"include_usage":null,"include_usage":true}}""", "stream_options.include_usage")]
    public void A_routing_field_that_another_reader_could_take_from_elsewhere_is_refused(string body, string param)
    {
        var error = Peek.Refused(body);

        error.Param.Should().Be(param);
        error.Code.Should().Be("ambiguous_parameter");
    }

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"model":"a","messages":[],"n":1025}""", "n")]
    [InlineData(Operation.ChatCompletions, """{"model":"a","messages":[],"max_tokens":16,"n":1e18}""", "n")]
    [InlineData(Operation.Completions, """{"model":"a","prompt":"x","best_of":9223372036854775807}""", "best_of")]
    public void More_answers_than_anybody_makes_are_refused(Operation operation, string body, string param)
    {
        var error = Peek.Refused(body, operation);

        error.Param.Should().Be(param);
        error.Code.Should().Be("integer_above_max_value");
        error.Message.Should().Contain("1024");
    }

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"model":"a","messages":[],"n":1024,"max_tokens":1000000000}""")]
    [InlineData(Operation.ChatCompletions, """{"model":"a","messages":[],"max_tokens":9e18,"max_completion_tokens":2147483647}""")]
    [InlineData(Operation.ChatCompletions, """{"model":"a","messages":[],"max_output_tokens":9e18}""")]
    [InlineData(Operation.Responses, """{"model":"a","max_output_tokens":99999999999999999999}""")]
    [InlineData(Operation.Responses, """{"model":"a","n":9e18,"max_tokens":9e18}""")]
    [InlineData(Operation.Embeddings, """{"model":"a","input":"x","n":9e18,"max_tokens":9e18}""")]
    public void The_largest_numbers_caps_of_any_size_and_fields_that_the_operation_does_not_have_are_accepted(Operation operation, string body) => Peek.Accepted(body, operation).Model.Should().Be("a");

    [Theory]
    [InlineData("""{"model":"a","messages":[],"seed":1,"seed":2,"Temperature":1,"temperature":2}""")]
    [InlineData("""{"model":"a","messages":[],"metadata":{"model":1,"model":2,"Stream":3}}""")]
    [InlineData("""{"model":"a","messages":[],"models":1,"nn":2,"":3,"mödel":4}""")]
    public void Other_fields_are_the_upstreams_business(string body) => Peek.Accepted(body).Model.Should().Be("a");

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("""{"model":"m","messages":[]""")]
    [InlineData("""{"model":"m","messages":[]} x""")]
    [InlineData("""{"model":"m","messages":[]}{}""")]
    [InlineData("""{"model":"m","messages":[],}""")]
    [InlineData("""{"model":"m",/**/"messages":[]}""")]
    [InlineData("""{'model':'m'}""")]
    [InlineData("""{"model":"m","model":"m","messages":[}""")]
    [InlineData("[1,2")]
    [InlineData("not json secret")]
    public void Invalid_json_is_refused_with_its_position_and_without_its_text(string body)
    {
        var error = Peek.Refused(body);

        error.Code.Should().Be("invalid_json");
        error.Message.Should().MatchRegex(@"\(line \d+, byte \d+\)").And.NotContain("secret");
    }

    [Fact]
    public void Other_encodings_than_plain_utf8_are_refused()
    {
        const string body = """{"model":"m","messages":[]}""";

        Peek.Refused([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)]).Code.Should().Be("invalid_json");
        Peek.Refused(Encoding.Unicode.GetBytes(body)).Code.Should().Be("invalid_json");
        Peek.Refused([.. "{\"model\":\""u8, 0xFF, .. "\",\"messages\":[]}"u8]).Code.Should().Be("invalid_json");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"model\":\"m\"}]")]
    [InlineData("\"model\"")]
    [InlineData("null")]
    public void Only_objects_are_requests(string body) => Peek.Refused(body).Code.Should().Be("invalid_request");

    [Fact]
    public void Nesting_is_bounded()
    {
        static string Nested(int depth) => $$"""{"model":"m","messages":[],"x":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        Peek.Accepted(Nested(200)).Model.Should().Be("m");
        Peek.Refused(Nested(100_000)).Code.Should().Be("invalid_json");
    }

    [Fact]
    public void A_model_in_the_path_makes_the_one_in_the_body_optional_but_never_malformed()
    {
        Peek.Accepted("""{"messages":[]}""", modelInPath: true).Model.Should().BeNull();
        Peek.Refused("""{"messages":[],"model":5}""", modelInPath: true).Param.Should().Be("model");
    }

    [Fact]
    public void A_model_name_is_bounded() =>
        Peek.Refused($$"""{"model":"{{new string('m', 513)}}","messages":[]}""").Param.Should().Be("model");

    [Theory]
    [InlineData("""{"model":"s3cret\ud800","messages":"s3cret","stream":"s3cret","stream_options":"s3cret"}""")]
    [InlineData("""{"model":"m","messages":"s3cret"}""")]
    [InlineData("""{"model":"m","s3cret":}""")]
    public void No_error_repeats_a_value(string body) => Peek.Refused(body).Message.Should().NotContain("s3cret");
}
