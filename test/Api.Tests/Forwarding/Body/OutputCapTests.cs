using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Forwarding.Body;

public sealed class OutputCapTests
{
    private static readonly string?[] Values = [null, "null", "-1", "0", "1", "99", "100", "101", "1e3", "100.0", "99999999999999999999"];

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"model":"m","messages":[]}""", """{"max_completion_tokens":100,"model":"m","messages":[]}""")]
    [InlineData(Operation.ChatCompletions, """{"model":"m","max_tokens":null,"messages":[]}""", """{"model":"m","max_tokens":100,"messages":[]}""")]
    [InlineData(Operation.ChatCompletions, """{"model":"m","max_tokens" : 500,"messages":[]}""", """{"model":"m","max_tokens" : 100,"messages":[]}""")]
    [InlineData(Operation.ChatCompletions, """{"model":"m","max_tokens":50,"messages":[]}""", """{"model":"m","max_tokens":50,"messages":[]}""")]
    [InlineData(Operation.ChatCompletions, """{"max_tokens":-1,"messages":[],"max_completion_tokens":50,"model":"m"}""", """{"max_tokens":100,"messages":[],"max_completion_tokens":50,"model":"m"}""")]
    [InlineData(Operation.ChatCompletions, """{"max_tokens":500,"messages":[],"max_completion_tokens":600,"model":"m"}""", """{"max_tokens":100,"messages":[],"max_completion_tokens":100,"model":"m"}""")]
    [InlineData(Operation.ChatCompletions, """{"max_tokens":null,"messages":[],"max_completion_tokens":60,"model":"m"}""", """{"max_tokens":null,"messages":[],"max_completion_tokens":60,"model":"m"}""")]
    [InlineData(Operation.Completions, """{"model":"m","prompt":"a","max_completion_tokens":500}""", """{"max_tokens":100,"model":"m","prompt":"a","max_completion_tokens":500}""")]
    [InlineData(Operation.Responses, """{"model":"m"}""", """{"max_output_tokens":100,"model":"m"}""")]
    [InlineData(Operation.Embeddings, """{"model":"m","input":"a","max_tokens":500}""", """{"model":"m","input":"a","max_tokens":500}""")]
    public void The_cap_goes_where_the_operation_has_it(Operation operation, string body, string expected) =>
        Edited(body, BodyEdits.Build(Peek.Accepted(body, operation), null, askForUsage: false, operation, 100)).Should().Be(expected);

    [Theory]
    [InlineData("{}", """{"max_output_tokens":100,"model":"x"}""")]
    [InlineData("""{"input":1}""", """{"max_output_tokens":100,"model":"x","input":1}""")]
    public void It_stands_beside_other_additions(string body, string expected)
    {
        var request = Peek.Accepted(body, Operation.Responses, modelInPath: true);

        Edited(body, BodyEdits.Build(request, BodyEdits.ModelJson("x"), askForUsage: false, Operation.Responses, 100)).Should().Be(expected);
    }

    [Fact]
    public void An_empty_body_gets_the_cap_alone_where_nothing_else_is_added() =>
        Edited("{ }", BodyEdits.Build(Peek.Accepted("{ }", Operation.Responses, modelInPath: true), null, askForUsage: false, Operation.Responses, 100))
            .Should().Be("""{"max_output_tokens":100 }""");

    [Fact]
    public void After_the_edits_every_reader_finds_a_cap_and_none_a_larger_one() =>
        Prop.ForAll(
            Gen.Elements(Values).Two().ToArbitrary(),
            Gen.Elements(Operation.ChatCompletions, Operation.Completions, Operation.Responses).ToArbitrary(),
            ArbMap.Default.ArbFor<bool>(),
            static (values, operation, streams) =>
            {
                var fields = new List<string> { "\"model\":\"m\"", "\"messages\":[]", "\"prompt\":\"p\"", "\"stream\":" + (streams ? "true" : "false") };
                Add(fields, operation == Operation.Responses ? "max_output_tokens" : "max_tokens", values.Item1);
                Add(fields, "max_completion_tokens", values.Item2);
                var body = "{" + string.Join(" , ", fields) + "}";

                var edited = Edited(body, BodyEdits.Build(Peek.Accepted(body, operation), BodyEdits.ModelJson("other"), streams, operation, 100));

                OutputCap.Of(Peek.Accepted(edited, operation), operation).Should().BeInRange(1, 100);
                using var document = JsonDocument.Parse(edited);
                document.RootElement.GetProperty("model").GetString().Should().Be("other");
                document.RootElement.EnumerateObject().Select(field => field.Name).Should().OnlyHaveUniqueItems();
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static void Add(List<string> fields, string name, string? value)
    {
        if (value is not null)
        {
            fields.Add($"\"{name}\":{value}");
        }
    }

    private static string Edited(string body, BodyEdit[] edits)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var sent = new List<byte>();
        var position = 0;
        foreach (var edit in edits)
        {
            sent.AddRange(bytes[position..edit.Range.Start]);
            sent.AddRange(edit.Text.ToArray());
            position = edit.Range.Start + edit.Range.Length;
        }

        sent.AddRange(bytes[position..]);
        return Encoding.UTF8.GetString([.. sent]);
    }
}
