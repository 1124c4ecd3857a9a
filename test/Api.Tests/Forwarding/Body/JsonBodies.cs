using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Gateway.Api.Tests.Forwarding.Body;

/// <summary>Random valid request bodies: fields in any order, odd white space, escapes, numbers that no double holds.</summary>
internal static class JsonBodies
{
    private static readonly string[] Names = ["temperature", "seed", "metadata", "tools", "x", "seed", "models", "", "é"];
    private static readonly string[] Scalars = ["1", "-0.0", "12345678901234567890123456789", "1e400", "true", "null", "\"a\\u00e9\\/\"", "\"\"", "[]", "{}", "[1,{\"model\":\"z\"}]"];
    private static readonly string[] Spaces = ["", "", " ", "\n", "\t "];
    private static readonly string[] StreamOptions =
        ["null", "{}", "{ }", "{\"include_usage\":true}", "{\"include_usage\" : false}", "{\"include_usage\":null,\"y\":1}", "{\"y\":[{\"include_usage\":true}]}"];

    public static Gen<byte[]> Requests() =>
        from model in ArbMap.Default.GeneratorFor<NonEmptyString>().Where(name => name.Get.Length < 80 && !name.Get.Any(char.IsSurrogate))
        from stream in Gen.Elements(null, "true", "false", "null")
        from options in Gen.OneOf(Gen.Constant<string?>(null), Gen.Elements<string?>(StreamOptions))
        from others in Gen.ListOf(Gen.Elements(Names).Zip(Gen.Elements(Scalars), (name, value) => (name, value)))
        from order in Gen.Choose(0, int.MaxValue)
        from spaces in Gen.ArrayOf(Gen.Elements(Spaces), 8)
        select Compose(model.Get, stream, options, [.. others], order, spaces);

    private static byte[] Compose(string model, string? stream, string? options, (string Name, string Value)[] others, int order, string[] spaces)
    {
        List<(string Name, string Value)> fields = [("model", JsonSerializer.Serialize(model)), .. others];
        if (stream is not null)
        {
            fields.Add(("stream", stream));
        }

        if (options is not null)
        {
            fields.Add(("stream_options", options));
        }

        var shuffled = fields.ToArray();
        new Random(order).Shuffle(shuffled);
        var space = 0;
        string Space() => spaces[space++ % spaces.Length];
        var text = new StringBuilder(Space()).Append('{');
        text.AppendJoin(',', shuffled.Select(field => $"{Space()}{JsonSerializer.Serialize(field.Name)}{Space()}:{Space()}{field.Value}{Space()}"));
        return Encoding.UTF8.GetBytes(text.Append('}').Append(Space()).ToString());
    }
}
