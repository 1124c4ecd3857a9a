using FsCheck;
using FsCheck.Fluent;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Tests.Settings;

public sealed class DotEnvFileProperties
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20261122, 7);

    private static readonly char[] Pieces = ['a', 'Z', '0', ' ', '\t', '\n', '\r', '#', '\'', '"', '\\', '=', '$', '{', '}', ',', 'é', '\u2028', '\0'];

    private static Arbitrary<string> Texts => Gen.Elements(Pieces).ArrayOf().Select(letters => new string(letters)).ToArbitrary();

    [Fact]
    public void Any_text_is_parsed_or_refused_and_never_throws() =>
        Prop.ForAll(Texts, text => DotEnvFile.TryParse(text, out _, out _) || true).Check(Seeded);

    [Fact]
    public void A_double_quoted_value_comes_back_as_it_was() =>
        Prop.ForAll(Texts, text => Parse($"A={DoubleQuoted(text)}\nB=end") == text.Replace("\r\n", "\n", StringComparison.Ordinal)).Check(Seeded);

    [Fact]
    public void A_single_quoted_value_without_quotes_inside_comes_back_as_it_was() =>
        Prop.ForAll(
            Texts.Filter(text => !text.Contains('\'', StringComparison.Ordinal)),
            text => Parse($"# first\nexport A='{text}' # after\r\nB=end") == text.Replace("\r\n", "\n", StringComparison.Ordinal)).Check(Seeded);

    [Fact]
    public void Entries_around_a_value_are_untouched_by_it() =>
        Prop.ForAll(Texts, text => DotEnvFile.TryParse($"B=1\nA={DoubleQuoted(text)}\nC=2", out var file, out _)
            && file.Values["B"] == "1" && file.Values["C"] == "2" && file.Values.Count == 3).Check(Seeded);

    private static string? Parse(string text) => DotEnvFile.TryParse(text, out var file, out _) ? file.Values["A"] : null;

    private static string DoubleQuoted(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
