using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Forwarding.Body;

public sealed class BodyEditsProperties
{
    [Fact]
    public void Edits_change_what_they_mean_and_no_other_byte() =>
        Prop.ForAll(JsonBodies.Requests().ToArbitrary(), ArbMap.Default.ArbFor<NonEmptyString>(), ArbMap.Default.ArbFor<bool>(), async (body, alias, askForUsage) =>
        {
            RequestPeek.TryRead(body, Operation.Responses, false, out var request, out _);
            var edits = BodyEdits.Build(request!, BodyEdits.ModelJson(alias.Get), askForUsage);
            var sent = await SendAsync(body, edits);

            UntouchedBytes(body, edits).Should().Equal(UntouchedBytes(sent, edits, sentSide: true));
            var expected = Fields(body);
            expected["model"] = JsonNode.Parse(BodyEdits.ModelJson(alias.Get))!.ToJsonString();
            if (askForUsage)
            {
                var options = expected.TryGetValue("stream_options", out var text) && JsonNode.Parse(text) is JsonObject given ? given : [];
                options["include_usage"] = true;
                expected["stream_options"] = Canonical(options);
            }

            Fields(sent).Should().BeEquivalentTo(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Without_a_reason_the_body_is_sent_as_it_came() =>
        Prop.ForAll(JsonBodies.Requests().ToArbitrary(), async body =>
        {
            RequestPeek.TryRead(body, Operation.Responses, false, out var request, out _);
            return (await SendAsync(body, BodyEdits.Build(request!, null, askForUsage: false))).AsSpan().SequenceEqual(body);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{}""", """{"model":"m"}""")]
    [InlineData("""{ }""", """{"model":"m" }""")]
    [InlineData("""{"input":1}""", """{"model":"m","input":1}""")]
    public async Task A_model_of_the_path_is_put_into_a_body_that_names_none(string body, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var request = Peek.Accepted(body, Operation.Responses, modelInPath: true);

        var sent = await SendAsync(bytes, BodyEdits.Build(request, BodyEdits.ModelJson("m"), askForUsage: false));

        Encoding.UTF8.GetString(sent).Should().Be(expected);
    }

    private static async Task<byte[]> SendAsync(byte[] body, BodyEdit[] edits)
    {
        var rented = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(rented, 0);
        using var content = new SplicedContent(new RequestBody(rented, body.Length), edits, deadline: null, 0, default, TimeProvider.System);
        using var sent = new MemoryStream();
        await content.CopyToAsync(sent, TestContext.Current.CancellationToken);
        content.Headers.ContentLength.Should().Be(sent.Length);
        return sent.ToArray();
    }

    private static byte[] UntouchedBytes(byte[] body, BodyEdit[] edits, bool sentSide = false)
    {
        var kept = new List<byte>();
        var position = 0;
        var shift = 0;
        foreach (var edit in edits)
        {
            var start = edit.Range.Start + (sentSide ? shift : 0);
            kept.AddRange(body[position..start]);
            position = start + (sentSide ? edit.Text.Length : edit.Range.Length);
            shift += edit.Text.Length - edit.Range.Length;
        }

        kept.AddRange(body[position..]);
        return [.. kept];
    }

    /// <summary>Last occurrence of each field, nested text in one form.</summary>
    private static Dictionary<string, string> Fields(byte[] body)
    {
        using var document = System.Text.Json.JsonDocument.Parse(body);
        var fields = new Dictionary<string, string>();
        foreach (var field in document.RootElement.EnumerateObject())
        {
            fields[field.Name] = Canonical(JsonNode.Parse(field.Value.GetRawText()));
        }

        return fields;
    }

    private static string Canonical(JsonNode? node) => node is JsonObject fields
        ? "{" + string.Join(",", fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"\"{field.Key}\":{Canonical(field.Value)}")) + "}"
        : node?.ToJsonString() ?? "null";
}
