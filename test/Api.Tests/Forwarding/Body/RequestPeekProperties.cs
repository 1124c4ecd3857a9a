using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Forwarding.Body;

public sealed class RequestPeekProperties
{
    private static readonly string[] Seeds =
    [
        """{"model":"gpt-4","messages":[{"role":"user","content":"hi \u00e9 \n"}],"stream":true,"stream_options":{"include_usage":false,"x":[1,2.5e300]}}""",
        """{"prompt":["a",[1,2]],"n":2,"model":"m","max_tokens":5,"extra":{"deep":[[[{"a":null}]]]}}""",
        """  { "model" : "m" , "input" : "x" , "ſ":1, "previous_response_id" : null }  """,
    ];

    [Fact]
    public void Arbitrary_bytes_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Operations(), (body, operation) =>
        {
            RequestPeek.TryRead(body, operation, false, out var request, out var error);
            return (request is null) != (error is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Damaged_bodies_never_throw_and_are_accepted_only_when_they_are_json() =>
        Prop.ForAll(Damaged().ToArbitrary(), Operations(), (body, operation) =>
        {
            var accepted = RequestPeek.TryRead(body, operation, false, out var request, out var error);
            return accepted == (request is not null) && accepted == (error is null) && (!accepted || ParsesAsObject(body));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void It_reads_the_same_model_and_stream_as_a_document_would() =>
        Prop.ForAll(JsonBodies.Requests().ToArbitrary(), body =>
        {
            var accepted = RequestPeek.TryRead(body, Operation.Responses, false, out var request, out _);
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return accepted
                && request!.Model == root.GetProperty("model").GetString()
                && request.Stream == (root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Arbitrary<Operation> Operations() => Gen.Elements(Enum.GetValues<Operation>()).ToArbitrary();

    private static Gen<byte[]> Damaged() =>
        from seed in Gen.Elements(Seeds)
        let bytes = Encoding.UTF8.GetBytes(seed)
        from edits in Gen.Choose(0, 3)
        from positions in Gen.ArrayOf(Gen.Choose(0, bytes.Length - 1), edits)
        from values in Gen.ArrayOf(Gen.OneOf(Gen.Elements("{}[]\",:\\ /e0-nt"u8.ToArray()), Gen.Choose(0, 255).Select(value => (byte)value)), edits)
        from cut in Gen.Frequency((3, Gen.Constant(bytes.Length)), (1, Gen.Choose(0, bytes.Length)))
        select Damage(bytes, positions, values, cut);

    private static byte[] Damage(byte[] bytes, int[] positions, byte[] values, int cut)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            bytes[positions[i]] = values[i];
        }

        return bytes[..cut];
    }

    private static bool ParsesAsObject(byte[] body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = RequestPeek.MaxDepth });
        return document.RootElement.ValueKind == JsonValueKind.Object;
    }
}
