using Gateway.Testing.Guide;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Parsing;

public sealed class ManifestParserProperties
{
    private static readonly string[] Fields =
        [.. EntryFields.OfManifest.Concat(EntryFields.Optional).Append("unknown").Order(StringComparer.Ordinal)];

    private static readonly Gen<string> Scalars = Gen.Elements(
        "null", "true", "0", "-1", "1e400", "3.5", "99999999999999999999", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"https://h/v1\"", "\"Live\"", "\"bearer\"");

    private static readonly Gen<string> Values = Scalars.Or(Scalars.Select(value => $"[{value}]"))
        .Or(Scalars.Zip(Gen.Elements("rpm", "connect", "input", "authorization", "X-A"), (value, name) => $"{{\"{name}\":{value}}}"));

    private static readonly Gen<string> Members = Gen.Elements(Fields).Zip(Values, (name, value) => $"\"{name}\":{value}");

    [Fact]
    public void Any_combination_of_fields_gives_entries_or_reasons_and_never_an_exception() =>
        Properties.Check(
            Gen.ListOf(Members).Select(members => string.Join(",", members)),
            members =>
            {
                var parsed = Json.Parse(Json.Manifest(Json.Entry("valid"), $$"""
                    "random": {{{members}}}
                    """));

                parsed.Error.Should().BeNull();
                parsed.Entries.Should().Contain(entry => entry.Id == "valid");
                (parsed.Entries.Length + parsed.Rejected.Length).Should().Be(2);
                parsed.Rejected.Should().OnlyContain(item => item.Reason.Length > 0 && item.Detail.EndsWith('.'));
            },
            count: 1_000);

    [Fact]
    public void A_valid_manifest_with_damaged_bytes_never_throws()
    {
        var original = Json.Utf8(GuideText.FirstManifest);
        var damage = Gen.Choose(0, original.Length - 1).Zip(Gen.Choose(0, 255), (at, value) => new Damage(at, (byte)value));
        Properties.Check(
            Gen.ListOf(damage),
            changes =>
            {
                var bytes = original.ToArray();
                foreach (var change in changes)
                {
                    bytes[change.At] = change.Value;
                }

                var parsed = ManifestParser.Parse(bytes, "metis");

                (parsed.Error is not null || parsed.Entries.Length + parsed.Rejected.Length > 0).Should().BeTrue();
                OverlayParser.Parse(bytes).Error.Should().NotBeNull();
            },
            count: 1_000);
    }

    private sealed record Damage(int At, byte Value);
}
