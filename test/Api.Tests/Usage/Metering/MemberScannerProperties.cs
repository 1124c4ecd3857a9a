using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Tests.Usage.Metering;

/// <summary>The scanner against a real parser, over documents made of what could confuse it and cut anywhere.</summary>
public sealed class MemberScannerProperties
{
    private static readonly string[] Names = ["usage", "response", "a", "\\\"usage", "usage\\\"", "x\\\\", "u", "usage2", "Usage", "\\u0075sage"];
    private static readonly string[] Texts = ["\"usage\"", "\"\\\"usage\\\":{}\"", "\"}\"", "\"{\"", "\"\\\\\"", "\"\"", "\"a\\\\\\\"\"", "1", "null", "-0.5e3", "true", "\"é\\u0022usage\""];
    private static readonly string[] Spaces = ["", "", "", " ", "\n", "\t\r\n "];

    [Fact]
    public void It_finds_what_a_parser_finds_wherever_the_document_is_cut() =>
        Prop.ForAll(Documents().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), static (text, seed) =>
        {
            Agree(text, seed, "usage");
            Agree(text, seed, "response", "usage");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Any_bytes_are_survived() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Elements(Encoding.UTF8.GetBytes("{}[]\"\\:,usage \n"))).ToArbitrary(), static bytes =>
        {
            var scanner = new MemberScanner(["usage"u8.ToArray()]);
            foreach (var single in bytes)
            {
                if (scanner.IsAtEnd || scanner.TryFind([single], out _))
                {
                    break;
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static void Agree(string text, int seed, params string[] path)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var scanner = new MemberScanner([.. path.Select(Encoding.UTF8.GetBytes)]);
        string? found = null;
        var random = new Random(seed);
        for (var position = 0; position < bytes.Length && found is null && !scanner.IsAtEnd;)
        {
            var length = Math.Min(random.Next(0, 12), bytes.Length - position);
            if (scanner.TryFind(bytes.AsSpan(position, length), out var value))
            {
                found = Encoding.UTF8.GetString(value);
            }

            position += length;
        }

        using var document = JsonDocument.Parse(text);
        found.Should().Be(Expected(document.RootElement, path), "of {0} in {1}", string.Join('.', path), text);
    }

    /// <summary>The first object under the name, as it is written; names with escapes are not taken.</summary>
    private static string? Expected(JsonElement element, ReadOnlySpan<string> path)
    {
        foreach (var field in element.EnumerateObject())
        {
            if (field.NameEquals(path[0]) && IsPlain(field) && field.Value.ValueKind == JsonValueKind.Object)
            {
                var found = path.Length == 1 ? field.Value.GetRawText() : Expected(field.Value, path[1..]);
                if (found is not null)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static bool IsPlain(JsonProperty field) => !field.ToString().TrimStart().StartsWith("\"\\", StringComparison.Ordinal);

    private static Gen<string> Documents() => Gen.Sized(size => Objects(Math.Min(size, 4)));

    private static Gen<string> Objects(int depth) =>
        from fields in Gen.ListOf(from name in Gen.Elements(Names)
                                  from value in Values(depth)
                                  from spaces in Gen.ArrayOf(Gen.Elements(Spaces), 4)
                                  select $"{spaces[0]}\"{name}\"{spaces[1]}:{spaces[2]}{value}{spaces[3]}")
        select "{" + string.Join(',', fields.Take(5)) + "}";

    private static Gen<string> Values(int depth) => depth <= 0
        ? Gen.Elements(Texts)
        : Gen.OneOf(Gen.Elements(Texts), Objects(depth - 1), Objects(depth - 1), Gen.ListOf(Values(depth - 2)).Select(items => "[" + string.Join(',', items.Take(3)) + "]"));
}
